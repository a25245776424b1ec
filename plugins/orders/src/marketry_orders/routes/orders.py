"""The buyer's page of an order: behind a signed link that expires, or in the browser that placed it."""

from collections.abc import Sequence

from starlette.responses import Response

from marketry.problems import Problem, Refused
from marketry.web import Ctx, Form, Router, public, redirect, render
from marketry_orders.access import opens
from marketry_orders.books import books_of
from marketry_orders.explaining import of_order
from marketry_orders.models import Order
from marketry_orders.order_view import OrderView, Row, action_of, find_order, no_order, view_order
from marketry_orders.order_words import WORDS, word
from marketry_orders.paying_again import open_amount, pay_again, ways_to_pay
from marketry_orders.routes.checkout import onward
from marketry_orders.routes.cookies import keep_order, order_tokens

router = Router(private=True)
OVER = ("failed", "cancelled", "expired")
AXES = ("status", "payment", "fulfilment", "parcel")


@router.get("/orders/{number}")
@public
def show(ctx: Ctx, number: str, token: str | None = None) -> Response:
    """With a token in the address: remembered, and taken out of the address, so that it is not passed on."""
    order = _found(ctx, number)
    if token is not None:
        if not opens(ctx, number, token, order.access_key):
            raise no_order(ctx)
        response = redirect(ctx, f"/orders/{number}")
        keep_order(ctx, response, token)
        return response
    _refuse_strangers(ctx, order)
    return _page(ctx, order)


@router.post("/orders/{number}/payments")
@public
def pay(ctx: Ctx, number: str, form: Form) -> Response:
    """Pay in another way after a payment failed."""
    order = _found(ctx, number)
    _refuse_strangers(ctx, order)
    try:
        pay_again(ctx, number, form.get("payment"))
    except Refused as refused:
        return _page(ctx, order, refused.problems, refused.status)
    return redirect(ctx, onward(ctx, number))


def _found(ctx: Ctx, number: str) -> Row:
    with ctx.reading():
        return find_order(ctx, number)


def _to_pay(ctx: Ctx, view: OrderView) -> tuple[int, list[tuple[str, str]]]:
    """What is open, and how it can be paid; most orders have nothing open and are not looked at further."""
    if view.order.payment_status in ("paid", "refunded", "authorised") or not any(p.state in OVER for p in view.payments):
        return 0, []
    with ctx.reading() as session:
        order = session.get_one(Order, view.order.id)
        amount = open_amount(order, books_of(ctx, order))
        return amount, ways_to_pay(ctx, view) if amount else []


def _page(ctx: Ctx, order: Row, problems: Sequence[Problem] = (), status: int = 200) -> Response:
    with ctx.reading():
        view = view_order(ctx, order)
    actions = {p.id: action_of(p.action) for p in view.payments if p.action}
    words = {axis: {code: word(ctx, axis, code) for code in WORDS[axis]} for axis in AXES}
    open_minor, ways = _to_pay(ctx, view)
    return render(
        ctx,
        "orders/order.html",
        "order",
        status=status,
        placed=view,
        order=view.order,
        actions=actions,
        words=words,
        sums=of_order(ctx, view),
        ways=ways,
        open_amount=view.money(open_minor),
        problems=problems,
    )


def _refuse_strangers(ctx: Ctx, order: Row) -> None:
    """The newest token first: an expired one of the same order says so (410) only where no better one follows it."""
    own = ctx.actor.kind == "customer" and order.customer == ctx.actor.id
    if not own and not any(opens(ctx, order.number, token, order.access_key) for token in reversed(order_tokens(ctx))):
        raise no_order(ctx)
