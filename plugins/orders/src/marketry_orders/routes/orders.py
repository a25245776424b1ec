"""The buyer's page of an order: behind a signed link that expires, or in the browser that placed it."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from marketry.commerce.money import Money
from marketry.commerce.people import CustomerBook
from marketry.problems import Problem, Refused
from marketry.web import Ctx, Form, Router, public, rate_limit, redirect, render
from marketry_orders.access import opens
from marketry_orders.books import books_of
from marketry_orders.cart_owners import customer_of
from marketry_orders.claiming import claim_order
from marketry_orders.coming_back import look_again
from marketry_orders.explaining import of_order
from marketry_orders.models import Order
from marketry_orders.order_view import OrderView, Row, action_of, find_order, no_order, view_order
from marketry_orders.order_words import WORDS, word
from marketry_orders.paying_again import open_amount, pay_again, ways_to_pay
from marketry_orders.reordering import order_again
from marketry_orders.routes.checkout import onward
from marketry_orders.routes.cookies import cart_key, keep_cart, keep_order, order_tokens
from marketry_orders.waiting import shown

router = Router(private=True)
OVER = ("failed", "cancelled", "expired")
LOOKS = "6/minute"
THANKED = timedelta(days=1)  # who comes later wants to know how it stands
AXES = ("status", "payment", "fulfilment", "parcel")


@router.get("/orders/{number}")
@public
def show(ctx: Ctx, number: str, token: str | None = None) -> Response:
    """With a token in the address: remembered, and taken out of the address, so that it is not passed on."""
    order = found_order(ctx, number)
    if token is not None:
        if not opens(ctx, number, token, order.access_key):
            raise no_order(ctx)
        response = redirect(ctx, f"/orders/{number}")
        keep_order(ctx, response, token)
        return response
    refuse_strangers(ctx, order)
    return order_page(ctx, order)


@router.post("/orders/{number}/again")
@public
def again(ctx: Ctx, number: str) -> Response:
    """Put the same into the cart, as far as it can still be bought."""
    order = found_order(ctx, number)
    refuse_strangers(ctx, order)
    return into_cart(ctx, order)


def into_cart(ctx: Ctx, order: Row) -> Response:
    with ctx.reading():
        lines = view_order(ctx, order).lines
    refilled = order_again(ctx, cart_key(ctx), lines)
    response = redirect(ctx, "/cart", refilled.message(ctx))
    if refilled.key is not None:
        keep_cart(ctx, response, refilled.key)
    return response


@router.post("/orders/{number}/claim")
@public
def claim(ctx: Ctx, number: str) -> Response:
    """Add a guest's order to the account of whoever holds its link and is signed in."""
    refuse_strangers(ctx, found_order(ctx, number))
    claim_order(ctx, number)
    return redirect(ctx, f"/account/orders/{number}", ctx.gettext("The order is in your account now."))


@router.get("/orders/{number}/return")
@public
def come_back(ctx: Ctx, number: str, payment: Annotated[str, Query(max_length=32)], token: str) -> Response:
    """From a gateway: the payment is looked at, then its order is shown. Whatever else the gateway added isn't read."""
    order = found_order(ctx, number)
    if not opens(ctx, number, token, order.access_key):
        raise no_order(ctx)
    with suppress(Refused):  # a page loaded over and over asks the gateway no more often
        rate_limit(ctx, f"orders.return:{payment}", LOOKS)
        look_again(ctx, order.id, payment)
    response = redirect(ctx, f"/orders/{number}")
    keep_order(ctx, response, token)
    return response


@router.post("/orders/{number}/payments")
@public
def pay(ctx: Ctx, number: str, form: Form) -> Response:
    """Pay in another way after a payment failed."""
    order = found_order(ctx, number)
    refuse_strangers(ctx, order)
    try:
        pay_again(ctx, number, form.get("payment"))
    except Refused as refused:
        return order_page(ctx, order, refused.problems, refused.status)
    return redirect(ctx, onward(ctx, number))


def found_order(ctx: Ctx, number: str) -> Row:
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


def _refunded(ctx: Ctx, view: OrderView) -> Money:
    """What went back, without what bounced; asked only of orders that say so."""
    if view.order.payment_status not in ("refunded", "partially_refunded"):
        return view.money(0)
    with ctx.reading() as session:
        return view.money(books_of(ctx, session.get_one(Order, view.order.id)).balance.refunded)


def order_page(
    ctx: Ctx, order: Row, problems: Sequence[Problem] = (), status: int = 200, *, in_account: bool = False
) -> Response:
    """The page of an order that may be seen; `in_account`: among its customer's other orders."""
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
        refunded=_refunded(ctx, view),
        problems=problems,
        in_account=in_account,
        thanks=order.status == "placed" and not in_account and ctx.now() - order.placed_at < THANKED,
        may=_offers(ctx, view.order),
        pay=shown(view.payments),
    )


def _offers(ctx: Ctx, order: Row) -> frozenset[str]:
    """What accounts offer on the page: `claim` the order, or `register` to have it in an account."""
    if order.customer is not None or ctx.service(CustomerBook) is None:  # type: ignore[type-abstract]
        return frozenset()
    return frozenset({"register"} if customer_of(ctx) is None else {"claim"})


def refuse_strangers(ctx: Ctx, order: Row) -> None:
    """The newest token first: an expired one of the same order says so (410) only where no better one follows it."""
    own = order.customer is not None and order.customer == customer_of(ctx)
    if not own and not any(opens(ctx, order.number, token, order.access_key) for token in reversed(order_tokens(ctx))):
        raise no_order(ctx)
