"""The form on a product's page that puts an item into the cart, drawn into the slot `product.buy`."""

from typing import Any

from markupsafe import Markup

from marketry import Context
from marketry.commerce.cart import Cart, CartLine, LineId
from marketry.commerce.checkout import Scope
from marketry.commerce.items import Item
from marketry.web import render_steady, render_text
from marketry_orders.cart_lines import MOST
from marketry_orders.input_forms import input_forms


def draw_buy_form(ctx: Context, item: Item, **_: Any) -> Markup:
    """What plugins ask about a line is asked here already. The page is the same for everyone, so the cart is an empty one."""
    line = CartLine(LineId("new"), item, 1)
    cart = Cart("", ctx.currency, ctx.locale, (line,), country=ctx.country)
    asked = input_forms(ctx, Scope.LINE, cart, line)
    most = MOST if item.available is None else min(item.available, MOST)
    if not asked:
        return render_steady(ctx, "orders/buy.html", sku=item.sku, most=most, line_inputs=())
    return Markup(render_text(ctx, "orders/buy.html", sku=item.sku, most=most, line_inputs=asked))  # noqa: S704 - escaped
