"""What every answer carries."""

from collections.abc import Sequence

import pytest
from starlette.responses import PlainTextResponse

from marketry import Context
from marketry.commerce.payment import ProviderKind
from marketry.web import Ctx, Router
from marketry.web.cookies import read_cookie, set_cookie

from .conftest import Web, plugin

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def page() -> PlainTextResponse:
    return PlainTextResponse("page")


def test_the_content_security_policy_is_exactly_this(web: Web) -> None:
    assert web().get("/healthz").headers["content-security-policy"] == CSP


def test_an_error_and_a_crash_carry_the_same_headers(web: Web, router: Router) -> None:
    @router.get("/crash")
    def crash() -> None:
        raise ZeroDivisionError

    client = web(plugin("bowls", router))
    for path, status in (("/nothing", 404), ("/crash", 500)):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["content-security-policy"]) == (status, CSP)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"
        assert len(answer.headers["x-request-id"]) == 16
        assert "strict-transport-security" not in answer.headers


def test_a_site_on_https_stays_there(web: Web) -> None:
    hsts = web(base_url="https://testserver").get("/healthz").headers["strict-transport-security"]
    assert hsts == "max-age=31536000; includeSubDomains"


def test_a_plugin_adds_sources_and_a_payment_provider_its_hosts_on_payment_pages_only(web: Web, router: Router) -> None:
    class Gateway:
        code, kind = "gate", ProviderKind.REMOTE

        def redirect_hosts(self, ctx: Context) -> Sequence[str]:
            return ("https://pay.example",)

    for path in ("/bowls", "/checkout", "/checkout/payment", "/checkoutish", "/orders/7KD2"):
        router.get(path)(page)
    frames = {"frame-src": ("https://video.example",), "img-src": ("https://img.example",)}
    client = web(plugin("bowls", router, manifest={"csp": frames}, payment_providers=lambda: [Gateway()]), locales=["en", "zh"])
    added = CSP.replace("img-src 'self'", "img-src 'self' https://img.example") + "; frame-src https://video.example"
    paying = added.replace("form-action 'self'", "form-action 'self' https://pay.example")
    policies = {path: client.get(path).headers["content-security-policy"] for path in (
        "/bowls", "/checkoutish", "/checkout", "/checkout/payment", "/orders/7KD2", "/zh/checkout/payment",
    )}  # fmt: skip
    assert [path for path, policy in policies.items() if policy == added] == ["/bowls", "/checkoutish"]
    assert [path for path, policy in policies.items() if policy == paying] == [
        "/checkout", "/checkout/payment", "/orders/7KD2", "/zh/checkout/payment",
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["/admin/x", "/account", "/cart", "/checkout/x", "/orders/1", "/reads", "/sets", "/asks"])
def test_a_personal_answer_is_never_stored(web: Web, router: Router, path: str) -> None:
    for personal in ("/account", "/cart", "/checkout/x", "/orders/{n}"):
        router.get(personal)(page)

    @router.get("/reads")
    def reads(ctx: Ctx) -> PlainTextResponse:
        return PlainTextResponse(read_cookie(ctx, "hint") or "", headers={"Cache-Control": "public", "ETag": '"1"'})

    @router.get("/sets")
    def sets(ctx: Ctx) -> PlainTextResponse:
        response = page()
        set_cookie(ctx, response, "hint", "1")
        return response

    @router.get("/asks")
    def asks(ctx: Ctx) -> PlainTextResponse:
        return PlainTextResponse(ctx.actor.name)

    answer = web(plugin("bowls", router)).get(path)
    assert answer.headers.get_list("cache-control") == ["no-store"]
    assert "etag" not in answer.headers


@pytest.mark.parametrize(
    "host",
    ["evil.example", "testserver.evil.example", "testserver:80@evil.example", "testserver:x", "", "testserver/..", "[::1"],
)
def test_a_forged_host_is_refused(web: Web, host: str) -> None:
    assert web().get("/robots.txt", headers={"Host": host}).status_code == 400


def test_the_sites_own_names_are_served_on_any_port_and_probes_under_any_name(web: Web) -> None:
    client = web(more='[web]\nhosts = ["www.testserver"]')
    served = [client.get("/robots.txt", headers={"Host": host}).status_code for host in ("TestServer:8000", "www.testserver")]
    assert served == [200, 200]
    assert client.get("/healthz", headers={"Host": "10.0.0.7"}).status_code == 200


def test_two_hosts_are_one_too_many(web: Web) -> None:
    client = web()
    request = client.build_request("GET", "/robots.txt")
    request.headers = type(request.headers)([("Host", "testserver"), ("Host", "evil.example")])
    assert client.send(request).status_code == 400


def test_the_proxys_request_id_is_kept_if_it_is_sane(web: Web) -> None:
    client = web()
    assert client.get("/healthz", headers={"X-Request-Id": "abc-12345"}).headers["x-request-id"] == "abc-12345"
    assert client.get("/healthz", headers={"X-Request-Id": "a b\tc<script>"}).headers["x-request-id"] != "a b\tc<script>"
