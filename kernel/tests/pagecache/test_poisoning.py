"""Nothing that is not in the key gets into a kept page, and nobody's own page is kept under an address that looks public."""

from typing import Any

import pytest

from .conftest import Notes, runtime_of

CLEAN = "<title>a</title>a=0 en USD-US part of a"


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Proto": "https"},
        {"X-Forwarded-Prefix": "/evil"},
        {"Forwarded": "host=evil.example"},
        {"X-Original-URL": "/notes/b"},
        {"X-Rewrite-URL": "/notes/b"},
        {"X-HTTP-Method-Override": "POST"},
        {"Accept-Language": "zh"},
        {"Accept": "text/plain"},
        {"Cookie": "session=x; message=<script>; segment=EUR-DE-.00000000000000000000000000000000"},
        {"Authorization": "Bearer x"},
        {"User-Agent": "<script>"},
        {"Referer": "https://evil.example/"},
        {"Range": "bytes=0-3"},
        {"HX-Current-URL": "https://evil.example/", "HX-Target": "x", "HX-Boosted": "true"},
        {"Origin": "https://evil.example"},
        {"If-Modified-Since": "Mon, 23 Nov 2026 00:00:00 GMT"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"X-Request-Id": "poison-poison"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_no_header_of_the_first_visitor_reaches_the_page(shop: Any, notes: Notes, headers: dict[str, str]) -> None:
    notes.in_page = lambda ctx: ctx.request.headers.get(next(iter(headers)), "") + str(ctx.request.url.netloc != "testserver")
    client = shop()
    plain = {"Accept", "User-Agent"} & headers.keys()
    first = client.get("/notes/a", headers=headers)
    assert first.status_code == 200
    second = client.get("/notes/a")
    assert second.text == first.text
    shown = second.text.removeprefix("<title>a</title>a=0 en USD-US ").removesuffix("part of a")
    assert shown == ("text/htmlFalse" if "Accept" in plain else "False")
    assert second.headers["x-request-id"] != "poison-poison"
    assert notes.drawn == ["a?"]


def test_parameters_that_the_page_does_not_declare_neither_reach_it_nor_multiply_it(shop: Any, notes: Notes) -> None:
    client = shop()
    for query in ("?utm_source=x", "?fbclid=1&evil=<script>", "?SORT=up", "?option=1", "", "?&&", "?sor%74x=1"):
        assert client.get(f"/notes/a{query}").text == CLEAN, query
    assert notes.drawn == ["a?"]


def test_the_order_of_parameters_does_not_matter_and_the_order_of_values_does(shop: Any, notes: Notes) -> None:
    client = shop()
    for query in ("?sort=up&option-size=l", "?option-size=l&sort=up&utm=1", "?sort=%75p&option-size=l"):
        client.get(f"/notes/a{query}")
    assert notes.drawn == ["a?option-size=l&sort=up"]
    client.get("/notes/a?sort=1&sort=2")
    client.get("/notes/a?sort=2&sort=1")
    assert len(notes.drawn) == 3


def test_a_query_out_of_all_bounds_is_drawn_and_not_kept(shop: Any, notes: Notes) -> None:
    client = shop()
    for query in ("sort=" + "x" * 3_000, "&".join(f"option-{i}=1" for i in range(60))):
        client.get(f"/notes/a?{query}")
    pages = runtime_of(client).pages
    assert (len(pages.plain), len(pages.queried)) == (0, 0)


@pytest.mark.parametrize(
    "path",
    [
        "/account/notes", "/account/notes/", "/account/notes/x.css", "/account/notes;x.css", "/account/notes%2fx.css",
        "/account/notes%00.css", "/account/notes?x.css", "/account/..;/notes/a", "/cart/..;/notes/a", "/account/%2e%2e/notes/a",
        "//account/notes", "/Account/notes", "/static/..%2faccount/notes", "/notes/..%2f..%2faccount%2fnotes",
        "/zh/account/notes",
        "/notes/a/../../account/notes",
    ],
)  # fmt: skip
def test_an_own_page_is_never_kept_whatever_its_address_looks_like(shop: Any, notes: Notes, path: str) -> None:
    client = shop()
    for _ in range(2):
        answer = client.get(path, headers={"Cookie": "session=mine"}, follow_redirects=False)
        if answer.status_code == 200 and "own=" in answer.text:
            assert answer.headers["cache-control"] == "no-store"
    pages = runtime_of(client).pages
    assert all("own=" not in page.body.decode() for page in pages.plain._pages.values())
    assert len(pages.plain) == 0 or notes.drawn != ["own"]


@pytest.mark.parametrize(
    "path", ["//notes/a", "/notes//a", "/Notes/a", "/notes/a/.", "/en/notes/a", "/zh/zh/notes/a", "/notes/a;x=1", "/notes/%61"]
)
def test_other_spellings_are_the_same_page_or_none(shop: Any, notes: Notes, path: str) -> None:
    client = shop()
    strange = client.get(path, follow_redirects=False)
    plain = client.get("/notes/a")
    assert plain.text == CLEAN
    if strange.status_code == 200 and path.startswith("/notes/%"):
        assert notes.drawn == ["a?"]


def test_a_foreign_host_is_refused_even_for_a_page_that_is_kept(shop: Any) -> None:
    client = shop()
    client.get("/notes/a")
    assert client.get("/notes/a", headers={"Host": "evil.example"}).status_code == 400


def test_another_host_of_the_site_can_not_leave_its_name_in_a_page(shop: Any, notes: Notes) -> None:
    notes.in_page = lambda ctx: str(ctx.request.url)
    client = shop(more='[web]\nhosts = ["second.example"]')
    assert "http://testserver/notes/a" in client.get("/notes/a", headers={"Host": "second.example"}).text


def test_the_body_of_a_get_is_not_read(shop: Any, notes: Notes) -> None:
    client = shop()
    first = client.request("GET", "/notes/a", content=b"sort=evil", headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert first.text == client.get("/notes/a").text == CLEAN


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_pass_by(shop: Any, notes: Notes, method: str) -> None:
    client = shop()
    assert client.request(method, "/notes/a").status_code == 405
    assert client.get("/notes/a").text == CLEAN


def test_a_client_that_wants_json_gets_its_refusal_as_json(shop: Any, notes: Notes) -> None:
    client = shop()
    answer = client.get("/notes/missing", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_page_that_is_guarded_or_personal_can_not_be_declared_cached(make_site: Any) -> None:
    from marketry import Plugin
    from marketry.plugins.failures import Fault
    from marketry.testing import inline_plugin
    from marketry.testing.clients import client_of
    from marketry.web import Ctx, Router, cached, permission, private, public

    def plugin(path: str, guard: Any, method: str = "get") -> Any:
        router = Router()

        @getattr(router, method)(path)
        @guard
        @cached()
        def page(ctx: Ctx) -> str:
            return ""

        return inline_plugin(Plugin(id="odd", title="Odd"), routes=lambda area: [router] if area == "shop" else [])

    cases = [("/cart/x", public, "get"), ("/x", private, "get"), ("/x", permission("a.b"), "get"), ("/x", public, "post")]
    for i, (path, guard, method) in enumerate(cases):
        runtime = make_site("odd", name=f"s{i}", extra=[plugin(path, guard, method)])
        with pytest.raises(Fault, match=f"{path} is @cached, but not a page that all may see"):
            client_of(runtime)
