"""One file per audience: shop pages, checkout, JSON; the back office's are beside them."""

from collections.abc import Sequence

from fastapi import APIRouter


def routers(area: str) -> Sequence[APIRouter]:
    """The routers of one area, loaded when the web application is built."""
    if area == "api":
        from marketry_orders.routes import account_cards, admin_api, api_carts, api_customer, api_orders

        return (api_carts.router, api_orders.router, api_customer.router, account_cards.api, admin_api.router)
    if area == "shop":
        from marketry_orders.routes import account, account_cards, cart, checkout, finding, orders, waiting

        return (
            cart.router, checkout.router, finding.router, orders.router, waiting.router, account.router, account_cards.router,
        )  # fmt: skip
    if area == "admin":
        from marketry_orders.routes import admin_attention, admin_deeds, admin_orders, admin_payments, admin_reconciliation

        return (
            admin_orders.router, admin_deeds.router, admin_attention.router, admin_payments.router, admin_reconciliation.router,
        )  # fmt: skip
    return ()
