"""The buyer's page of an order: behind a signed link that expires, or in the browser that placed it."""

from starlette.responses import Response

from marketry.web import Ctx, Router, public, redirect, render
from marketry_orders.access import opens
from marketry_orders.addresses import countries
from marketry_orders.explaining import of_order
from marketry_orders.order_view import Row, action_of, find_order, no_order, view_order
from marketry_orders.order_words import WORDS, word
from marketry_orders.routes.cookies import keep_order, order_tokens

router = Router(private=True)
AXES = ("status", "payment", "fulfilment", "parcel")


@router.get("/orders/{number}")
@public
def show(ctx: Ctx, number: str, token: str | None = None) -> Response:
    """With a token in the address: remembered, and taken out of the address, so that it is not passed on."""
    with ctx.reading():
        order = find_order(ctx, number)
    if token is not None:
        if not opens(ctx, number, token, order.access_key):
            raise no_order(ctx)
        response = redirect(ctx, f"/orders/{number}")
        keep_order(ctx, response, token)
        return response
    _refuse_strangers(ctx, order)
    with ctx.reading():
        view = view_order(ctx, order)
    actions = {p.id: action_of(p.action) for p in view.payments if p.action}
    words = {axis: {code: word(ctx, axis, code) for code in WORDS[axis]} for axis in AXES}
    return render(
        ctx, "orders/order.html", "order", placed=view, order=view.order, countries=countries(ctx.locale), actions=actions,
        words=words, sums=of_order(ctx, view),
    )


def _refuse_strangers(ctx: Ctx, order: Row) -> None:
    own = ctx.actor.kind == "customer" and order.customer == ctx.actor.id
    if not own and not any(opens(ctx, order.number, token, order.access_key) for token in order_tokens(ctx)):
        raise no_order(ctx)
