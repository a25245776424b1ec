"""While a payment is under way: the part of the order's page that looks again by itself, and the way out."""

from contextlib import suppress

from starlette.responses import Response

from marketry.problems import Refused
from marketry.web import Ctx, Router, public, rate_limit, redirect, render
from marketry_orders.coming_back import look_again
from marketry_orders.order_view import payments_of
from marketry_orders.routes.orders import LOOKS, found_order, refuse_strangers
from marketry_orders.waiting import leave, shown, waiting_for

router = Router(private=True)


@router.get("/orders/{number}/waiting")
@public
def waiting(ctx: Ctx, number: str) -> Response:
    """Asked every few seconds by the page. The gateway is asked as well, less often: its notices may not reach this shop."""
    order = found_order(ctx, number)
    refuse_strangers(ctx, order)
    with ctx.reading():
        before = waiting_for(payments_of(ctx, order.id))
    for payment in before:
        with suppress(Refused):
            rate_limit(ctx, f"orders.return:{payment.id}", LOOKS)
            look_again(ctx, order.id, payment.id)
    with ctx.reading():
        payments = payments_of(ctx, order.id)
    still = waiting_for(payments)
    response = render(ctx, "orders/waiting.html", order=order, pay=shown(payments))
    if len(still) < len(before) or not still:
        response.headers["HX-Refresh"] = "true"
    return response


@router.post("/orders/{number}/payments/{payment}/leave")
@public
def choose_anew(ctx: Ctx, number: str, payment: str) -> Response:
    """The buyer wants to pay in another way: this attempt is closed first."""
    order = found_order(ctx, number)
    refuse_strangers(ctx, order)
    leave(ctx, number, payment)
    return redirect(ctx, f"/orders/{number}")
