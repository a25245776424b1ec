"""Refusals and failures, in the form that the client reads."""

import json

import pytest
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import OperationalError
from starlette.responses import PlainTextResponse

from marketry.problems import Problem, Refused
from marketry.web import Ctx, Router, public

from .conftest import Web, plugin

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


class Line(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    sku: str = Field(min_length=1, max_length=20)
    quantity: int = Field(ge=1, le=99)


class Bowl(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    lines: list[Line] = Field(max_length=3)


@pytest.fixture
def api() -> Router:
    router = Router()

    @router.post("/bowls")
    @public
    def make(bowl: Bowl) -> dict[str, int]:
        return {"lines": len(bowl.lines)}

    return router


def refuse() -> None:
    raise Refused(Problem("out_of_stock", "Only 2 <b>left</b>.", "lines/0/quantity", "catalog", status=409))


def test_a_refusal_over_json_is_a_problem_with_code_detail_field_and_plugin(web: Web, api: Router) -> None:
    api.get("/refusal")(refuse)
    answer = web(plugin("bowls", api, "api")).get("/api/v1/refusal")
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank", "title": "Conflict", "status": 409, "code": "out_of_stock", "detail": "Only 2 <b>left</b>.",
        "field": "lines/0/quantity", "plugin": "catalog",
    }  # fmt: skip


def test_several_problems_are_all_told(web: Web, api: Router) -> None:
    answer = web(plugin("bowls", api, "api")).post("/api/v1/bowls", json={"lines": [{"sku": "", "quantity": 0}], "more": 1})
    body = answer.json()
    assert (answer.status_code, body["field"]) == (422, "lines/0/sku")
    assert [(e["field"], e["code"]) for e in body["errors"]] == [
        ("lines/0/sku", "string_too_short"), ("lines/0/quantity", "greater_than_equal"), ("more", "extra_forbidden"),
    ]  # fmt: skip


@pytest.mark.parametrize("quantity", ["0", "-1", "1e3", "true", '"2"', "1" + "0" * 23, "null", "2.5", "[]", "1" * 5000])
def test_a_wrong_quantity_is_named_by_its_path(web: Web, api: Router, quantity: str) -> None:
    body = f'{{"lines": [{{"sku": "B", "quantity": {quantity}}}]}}'
    client = web(plugin("bowls", api, "api"))
    answer = client.post("/api/v1/bowls", content=body, headers={"Content-Type": "application/json"})
    assert 400 <= answer.status_code < 500
    assert answer.json()["field"] == ("body" if len(quantity) > 1000 else "lines/0/quantity")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"[" * 100_000 + b"]" * 100_000, 422),
        (b'{"lines":' * 50_000, 422),
        (b'{"lines": "' + b"x" * 2_000_000 + b'"}', 413),
        (b'{"lines": [{"sku": "a\\u0000b", "quantity": 1}]}', 422),
        (b'{"lines": [{"sku": "\\ud800", "quantity": 1}]}', 422),
        (b'\xff\xfe{"lines": []}', 400),
        (b"NaN", 422),
    ],
    ids=["empty", "cut", "deep", "deeper", "huge", "nul", "surrogate", "not-utf8", "nan"],
)
def test_malformed_deep_and_huge_json_is_a_4xx_that_names_the_body(web: Web, api: Router, body: bytes, status: int) -> None:
    client = web(plugin("bowls", api, "api"))
    answer = client.post("/api/v1/bowls", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["field"]


def test_ten_thousand_fields_are_told_in_twenty(web: Web, api: Router) -> None:
    body = {"lines": [], **{f"field{i}": i for i in range(10_000)}}
    answer = web(plugin("bowls", api, "api")).post("/api/v1/bowls", json=body)
    assert (answer.status_code, len(answer.json()["errors"])) == (422, 20)
    assert len(answer.content) < 5_000


def test_the_words_are_in_the_language_asked_for(web: Web, api: Router) -> None:
    client = web(plugin("bowls", api, "api"))
    texts = {
        language: client.post("/api/v1/bowls", json={}, headers={"Accept-Language": language}).json()["detail"]
        for language in ("fr, zh-CN;q=0.8", "de")
    }
    assert texts == {"fr, zh-CN;q=0.8": "此项必填。", "de": "This is required."}


def test_a_refusal_to_htmx_is_a_notice_at_the_top_of_the_page(web: Web, router: Router) -> None:
    router.get("/refusal")(refuse)
    answer = web(plugin("bowls", router)).get("/refusal", headers=PARTIAL)
    assert (answer.status_code, answer.headers["hx-retarget"], answer.headers["hx-reswap"]) == (409, "main", "afterbegin")
    assert "Only 2 &lt;b&gt;left&lt;/b&gt;." in answer.text
    assert "<html" not in answer.text


def test_a_refusal_to_a_browser_is_a_page_with_the_same_words(web: Web, router: Router) -> None:
    router.get("/refusal")(refuse)
    answer = web(plugin("bowls", router)).get("/refusal", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (409, "text/html; charset=utf-8")
    assert "Only 2 &lt;b&gt;left&lt;/b&gt;." in answer.text
    assert "<html" in answer.text


@pytest.mark.parametrize(("method", "path", "status", "code"), [
    ("GET", "/api/v1/nothing", 404, "not_found"), ("DELETE", "/api/v1/bowls", 405, "method_not_allowed"),
])  # fmt: skip
def test_what_isnt_there_is_said_in_json_too(web: Web, api: Router, method: str, path: str, status: int, code: str) -> None:
    answer = web(plugin("bowls", api, "api")).request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_hook_that_fails_closed_names_the_plugin_and_tells_no_secret(web: Web, router: Router) -> None:
    def resolve_actor() -> None:
        raise RuntimeError("password=hunter2")

    @router.get("/who")
    def who(ctx: Ctx) -> PlainTextResponse:
        return PlainTextResponse(ctx.actor.name)

    answer = web(plugin("bowls", router, resolve_actor=resolve_actor)).get("/who", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"], answer.json()["plugin"]) == (500, "plugin_failed", "bowls")
    assert "hunter2" not in answer.text


def test_a_crash_tells_its_request_id_and_nothing_else(web: Web, router: Router) -> None:
    @router.get("/crash")
    def crash() -> None:
        raise ZeroDivisionError("secret")

    client = web(plugin("bowls", router))
    page = client.get("/crash", headers={"Accept": "text/html"})
    assert page.status_code == 500
    assert page.headers["x-request-id"] in page.text
    assert "secret" not in page.text
    assert json.loads(client.get("/crash", headers={"Accept": "application/json"}).text)["code"] == "internal"


@pytest.mark.parametrize(
    "error", [OperationalError("SELECT 1", None, Exception("refused")), TimeoutError("another write has held the database")]
)
def test_a_database_that_is_away_is_said_to_be_away_for_a_moment(web: Web, router: Router, error: Exception) -> None:
    @router.get("/crash")
    def crash() -> None:
        raise error

    client = web(plugin("bowls", router))
    page = client.get("/crash", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["retry-after"], "Back in a moment" in page.text) == (503, "5", True)
    told = client.get("/crash", headers={"Accept": "application/json"})
    assert (told.status_code, told.json()["code"]) == (503, "unavailable")
    assert "changed" not in told.json()["detail"]  # part of it may have been


def test_a_crash_while_drawing_the_error_page_still_answers(web: Web, router: Router) -> None:
    @router.get("/crash")
    def crash() -> None:
        raise ZeroDivisionError

    client = web(plugin("bowls", router), templates={"errors/500.html": "{{ 1 / 0 }}"})
    answer = client.get("/crash", headers={"Accept": "text/html"})
    assert (answer.status_code, "Something broke" in answer.text) == (500, True)


def test_a_nul_in_an_address_is_refused(web: Web, router: Router) -> None:
    router.get("/bowls/{slug}")(lambda: PlainTextResponse("bowl"))
    client = web(plugin("bowls", router))
    assert [client.get(path).status_code for path in ("/bowls/a%00b", "/bowls/a?q=%00", "/bowls/a")] == [400, 400, 200]
