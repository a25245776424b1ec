"""The language in the path."""

import pytest
from starlette.responses import PlainTextResponse, Response

from marketry.web import Ctx, Router, public, redirect

from .conftest import Web, plugin


@pytest.fixture
def client(web: Web, router: Router) -> object:
    @router.get("/")
    @router.get("/cart")
    @router.get("/bowls/{name}")
    def show(ctx: Ctx, name: str = "") -> PlainTextResponse:
        assert ctx.request is not None
        return PlainTextResponse(f"{ctx.locale} {ctx.request.url.path} {name} {ctx.url('/cart')}")

    @router.post("/cart")
    @public
    def change(ctx: Ctx) -> Response:
        return redirect(ctx, "/cart")

    @router.post("/bowls/{name}")
    @public
    def rename(ctx: Ctx, name: str = "") -> Response:
        return redirect(ctx, f"/bowls/{name}?q=%20&b=1")

    api = Router()

    @api.get("/bowls")
    def listed(ctx: Ctx) -> dict[str, str]:
        return {"locale": ctx.locale, "channel": ctx.channel}

    return web(plugin("bowls", router), plugin("cups", api, "api"), locales=["en", "zh", "de"])


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/", "en /  /cart"),
        ("/zh", "zh /  /zh/cart"),
        ("/zh/cart", "zh /cart  /zh/cart"),
        ("/de/bowls/rice", "de /bowls/rice rice /de/cart"),
        ("/bowls/zh", "en /bowls/zh zh /cart"),
        ("/zh/bowls/%E7%A2%97%2Fx", None),
        ("/zh/bowls/%E7%A2%97", "zh /bowls/碗 碗 /zh/cart"),
    ],
)
def test_a_prefix_is_stripped_and_sets_the_locale(client, path: str, text: str | None) -> None:  # type: ignore[no-untyped-def]
    answer = client.get(path)
    assert (answer.status_code, answer.text if text else None) == (200 if text else 404, text)


@pytest.mark.parametrize("path", ["/en/cart", "/fr/cart", "/zhx", "/ZH/cart", "/zh/zh/cart"])
def test_what_is_no_prefix_of_the_site_is_a_path_like_any_other(client, path: str) -> None:  # type: ignore[no-untyped-def]
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "target"),
    [("/cart/", "/cart"), ("/zh/cart/?a=1", "/zh/cart?a=1"), ("/zh/", "/zh"), ("//evil.example/", "/evil.example")],
)
def test_a_slash_at_the_end_leads_to_the_one_address(client, path: str, target: str) -> None:  # type: ignore[no-untyped-def]
    answer = client.get(client.base_url.join("http://testserver" + path), follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (308, target)


def test_a_redirect_stays_in_the_language_and_htmx_is_told_in_its_own_way(client) -> None:  # type: ignore[no-untyped-def]
    plain = client.post("/zh/cart", follow_redirects=False)
    assert (plain.status_code, plain.headers["location"]) == (303, "/zh/cart")
    htmx = client.post("/zh/cart", headers={"HX-Request": "true"}, follow_redirects=False)
    assert (htmx.status_code, htmx.headers["hx-redirect"]) == (200, "/zh/cart")


def test_a_redirect_leads_to_any_name(client) -> None:  # type: ignore[no-untyped-def]
    answer = client.post("/zh/bowls/%E7%A2%97%0D%0AX-A:%20b", follow_redirects=False)
    assert (answer.status_code, "x-a" in answer.headers) == (303, False)
    assert answer.headers["location"] == "/zh/bowls/%E7%A2%97%0D%0AX-A:%20b?q=%20&b=1"


@pytest.mark.parametrize(("asked", "locale"), [("zh-Hans-CN,en;q=0.5", "zh"), ("fr,de", "de"), ("fr", "en"), ("", "en")])
def test_the_json_surface_asks_the_header(client, asked: str, locale: str) -> None:  # type: ignore[no-untyped-def]
    answer = client.get("/api/v1/bowls", headers={"Accept-Language": asked})
    assert answer.json() == {"locale": locale, "channel": "api"}
