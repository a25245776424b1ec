"""The hint cookie names every island that has something to fetch, whoever says so first."""

from starlette.responses import Response

from marketry.web import Ctx, Router, hint, public

from .conftest import Web, plugin


def test_two_plugins_that_hint_on_one_response_keep_each_others_word(web: Web, router: Router) -> None:
    @router.post("/arrive")
    @public
    def arrive(ctx: Ctx) -> Response:
        response = Response()
        hint(ctx, response, "cart")
        hint(ctx, response, "account")
        return response

    @router.post("/leave")
    @public
    def leave(ctx: Ctx) -> Response:
        response = Response()
        hint(ctx, response, "account", present=False)
        hint(ctx, response, "wishlist")
        return response

    client = web(plugin("people", router))
    client.post("/arrive")
    assert client.cookies["shop_hint"] == "account.cart"
    client.post("/leave")
    assert client.cookies["shop_hint"] == "cart.wishlist"
