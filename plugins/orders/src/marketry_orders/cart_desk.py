"""The service `CartDesk`: other plugins put things into the visitor's cart, as the cart's own form does."""

from collections.abc import Sequence

from starlette.responses import Response

from marketry import Context, Problem, Refused
from marketry.commerce.cart_desk import Wanted
from marketry_orders.cart_lines import adding
from marketry_orders.cart_owners import CartKey
from marketry_orders.carts import Edit, change_unseen, limit_opening, open_cart
from marketry_orders.routes.cookies import cart_key, keep_cart

GONE = ("cart_not_found", "cart_completed")


class OrdersCartDesk:
    def put(self, ctx: Context, response: Response, wanted: Sequence[Wanted]) -> Sequence[Problem | None]:
        key = cart_key(ctx)
        answers: list[Problem | None] = []
        for one in wanted:
            try:
                key = put_in(ctx, key, adding(one.sku, one.quantity, one.inputs, strict=False))
                answers.append(None)
            except Refused as refused:
                answers.append(refused.problems[0])
        if key is not None:
            keep_cart(ctx, response, key)
        return answers


def put_in(ctx: Context, key: CartKey | None, edit: Edit) -> CartKey:
    """Into the cart of `key`; where that is gone or has become an order, into a new one, if the goods can be had."""
    if key is not None:
        try:
            change_unseen(ctx, key, edit)
            return key
        except Refused as refused:
            if refused.problems[0].code not in GONE:
                raise
    limit_opening(ctx)
    with ctx.writing():
        key = open_cart(ctx)
        change_unseen(ctx, key, edit)
    return key
