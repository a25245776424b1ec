"""Who may send a request that changes something (Fetch Metadata, Origin, CORS)."""

from collections.abc import Mapping

import pytest
from fastapi import Request
from starlette.responses import PlainTextResponse

from marketry.web import Ctx, Router, public

from .conftest import Web, plugin


def counting(calls: list[str], area: str = "shop") -> tuple[Router, str]:
    router = Router()

    @router.post("/bowls")
    @public
    def change(ctx: Ctx, request: Request) -> PlainTextResponse:
        calls.append(request.headers.get("cookie", "no cookie"))
        return PlainTextResponse("changed")

    return router, "/bowls" if area == "shop" else "/api/v1/bowls"


COOKIE = {"Cookie": "session=abc"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin", **COOKIE}, 200),
        ({"Sec-Fetch-Site": "none", **COOKIE}, 200),
        ({"Sec-Fetch-Site": "same-site", **COOKIE}, 403),
        ({"Sec-Fetch-Site": "cross-site", **COOKIE}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver", **COOKIE}, 403),
        ({"Origin": "http://testserver", **COOKIE}, 200),
        ({"Origin": "http://testserver:81", **COOKIE}, 403),
        ({"Origin": "http://testserver.evil.example", **COOKIE}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null", **COOKIE}, 403),
        (COOKIE, 403),
        ({}, 200),
        ({"Authorization": "Bearer x", "Sec-Fetch-Site": "cross-site", **COOKIE}, 200),
    ],
)
def test_an_unsafe_request_needs_proof_that_it_comes_from_a_page_of_the_site(
    web: Web, headers: Mapping[str, str], status: int
) -> None:
    calls: list[str] = []
    router, path = counting(calls)
    client = web(plugin("bowls", router))
    del client.headers["Origin"]
    answer = client.post(path, headers={"Accept": "application/json", **headers})
    assert answer.status_code == status
    assert len(calls) == (status == 200)
    if status == 403:
        assert answer.json()["code"] == "cross_site"


def test_a_request_that_authenticates_by_header_has_no_cookies(web: Web) -> None:
    calls: list[str] = []
    router, path = counting(calls)
    client = web(plugin("bowls", router))
    for header in ("Authorization", "X-Cart-Token", "X-Order-Token"):
        client.post(path, headers={header: "x", **COOKIE})
    assert calls == ["no cookie"] * 3


def test_plain_http_doesnt_vouch_for_a_site_on_https(web: Web) -> None:
    router, path = counting([])
    client = web(plugin("bowls", router), base_url="https://testserver")
    assert client.post(path, headers={"Origin": "http://testserver", **COOKIE}).status_code == 403
    assert client.post(path, headers={"Origin": "https://testserver", **COOKIE}).status_code == 200


def test_cors_lets_in_the_origins_of_the_list_without_cookies_and_nobody_else(web: Web) -> None:
    calls: list[str] = []
    router, path = counting(calls, "api")
    friend, stranger = "https://app.example", "https://evil.example"
    client = web(plugin("bowls", router, "api"), more=f'[web]\ncors_origins = ["{friend}"]')
    asked = {"Access-Control-Request-Method": "POST"}

    preflight = client.options(path, headers={"Origin": friend, **asked})
    assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (204, friend)
    assert "access-control-allow-credentials" not in preflight.headers
    assert "access-control-allow-origin" not in client.options(path, headers={"Origin": stranger, **asked}).headers

    assert client.post(path, headers={"Origin": friend, **COOKIE}).headers["access-control-allow-origin"] == friend
    refused = client.post(path, headers={"Origin": stranger, **COOKIE})
    assert (refused.status_code, "access-control-allow-origin" in refused.headers) == (403, False)
    assert calls == ["no cookie"]
