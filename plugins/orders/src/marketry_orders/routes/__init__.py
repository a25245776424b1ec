"""One file per audience: shop pages, checkout, JSON; the back office's are beside them."""

from collections.abc import Sequence

from fastapi import APIRouter


def routers(area: str) -> Sequence[APIRouter]:
    """The routers of one area, loaded when the web application is built."""
    if area == "api":
        from marketry_orders.routes import api_carts, api_orders

        return (api_carts.router, api_orders.router)
    return ()
