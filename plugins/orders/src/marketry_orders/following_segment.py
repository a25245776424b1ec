"""The visitor's open cart follows when they choose another currency or country: one cart has one currency."""

from dataclasses import replace
from typing import Any

from marketry import Context, Refused
from marketry_orders.cart_desk import GONE
from marketry_orders.cart_queries import StoredCart
from marketry_orders.carts import Change, Edit, change_unseen
from marketry_orders.routes.cookies import cart_key


def follow_segment(ctx: Context, currency: str, country: str) -> None:
    """Its prices are then those of the currency; goods without one stay in it and say so. What became an order stays as it is."""
    key = cart_key(ctx)
    if key is None:
        return
    try:
        change_unseen(ctx, key, _in_terms_of(currency, country))
    except Refused as refused:
        if refused.problems[0].code not in GONE:
            raise


def _in_terms_of(currency: str, country: str) -> Edit:
    def edit(ctx: Context, cart: StoredCart) -> Change:
        values: dict[str, Any] = {"currency": currency, "country": country}
        if currency != cart.currency:  # so many dollars are not as many euros; the rest is paid as was chosen
            values["payments"] = [payment for payment in cart.payments if not payment.get("amount")]
        return Change(replace(cart, **values), values)

    return edit
