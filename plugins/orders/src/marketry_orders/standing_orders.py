"""Orders that plugins place for customers who aren't there, by way of a cart as everybody's: what is sold, priced, taxed and
delivered is decided as at the checkout. The cart's name is made of the order's key, so a key becomes one order at most."""

from hashlib import sha256

from sqlalchemy import bindparam, delete, insert, select
from sqlmodel import col

from marketry import Context, Problem, Refused
from marketry.commerce.payment import AttemptState
from marketry.commerce.people import CustomerBook
from marketry.commerce.vault import Charged, StandingOrder
from marketry.problems import not_found
from marketry.web.values import ActorKind
from marketry_orders.cart_inputs import PaymentChoice
from marketry_orders.cart_lines import adding
from marketry_orders.cart_owners import STANDING, CartKey
from marketry_orders.carts import change_cart, change_unseen
from marketry_orders.choosing import choose_payments
from marketry_orders.domain.numbers import hashed, new_token
from marketry_orders.initiating import initiate_order
from marketry_orders.models import Cart, Order, OrderGroup, Payment
from marketry_orders.order_view import Row, find_order
from marketry_orders.paying_again import pay_again
from marketry_orders.placing import Acceptance, place_order
from marketry_orders.quoting import priced_in
from marketry_orders.settings import OrderSettings, patience_of
from marketry_orders.wallet import own

_PLACED = select(col(Order.number), col(Order.customer)).where(col(Order.cart_id) == bindparam("cart"))
_METHODS = select(col(OrderGroup.key), col(OrderGroup.method)).where(col(OrderGroup.order_id) == bindparam("order"))
_LAST = (
    select(Payment)
    .join(Order, col(Order.id) == col(Payment.order_id))
    .where(col(Order.number) == bindparam("number"))
    .order_by(col(Payment.position).desc(), col(Payment.id))
)


class OrdersOrderDesk:
    """The service `OrderDesk`."""

    def place(self, ctx: Context, order: StandingOrder) -> Charged:
        _demand_system(ctx)
        cart = f"{STANDING}{sha256(order.key.encode()).hexdigest()}"[:32]
        with ctx.reading() as session:
            known = session.execute(_PLACED, {"cart": cart}).one_or_none()
        if known:
            if known.customer not in (order.customer, None):  # None: erased since
                raise ValueError(f"the key {order.key!r} is that of another customer's order; begin it with your plugin's id")
            initiate_order(ctx, known.number)  # a crash may have kept its payment from starting
            return charged(ctx, known.number)
        with ctx.reading():
            like, provider = _model(ctx, order)
        local = priced_in(ctx.with_locale(like.locale), like.currency, like.country)
        return charged(ctx, _placed(local, cart, order, like, provider))

    def charge(self, ctx: Context, number: str, instrument: str) -> Charged:
        _demand_system(ctx)
        with ctx.reading():
            found = own(ctx, find_order(ctx, number).customer, instrument)
        if found is None:
            raise _no_instrument(ctx)
        pay_again(ctx, number, f"{found.provider}:{found.id}")
        return charged(ctx, number)


def charged(ctx: Context, number: str) -> Charged:
    """How the last payment of the order stands; one that costs nothing is captured."""
    with ctx.reading() as session:
        last = session.scalars(_LAST, {"number": number}).first()
    if last is None:
        return Charged(number, AttemptState.CAPTURED)
    problem = Problem(last.problem_code or "payment_refused", last.problem, "payments") if last.problem else None
    return Charged(number, AttemptState(last.state), problem)


def _demand_system(ctx: Context) -> None:
    if ctx.actor.kind != ActorKind.SYSTEM:
        raise PermissionError("orders for people who aren't there are placed by plugins' jobs, as SYSTEM")


def _model(ctx: Context, order: StandingOrder) -> tuple[Row, str]:
    """The order to be like, and the provider of the instrument; 404 where either isn't the customer's."""
    like, found = find_order(ctx, order.like), own(ctx, order.customer, order.instrument)
    if like.customer != order.customer:
        raise not_found(ctx.gettext("There is no such order."), "unknown_order")
    if found is None:
        raise _no_instrument(ctx)
    return like, found.provider


def _no_instrument(ctx: Context) -> Refused:
    return not_found(ctx.gettext("What was saved to pay with has been removed."), "instrument_unknown")


def _placed(ctx: Context, cart: str, order: StandingOrder, like: Row, provider: str) -> str:
    key = _open(ctx, cart, order, like)
    try:
        for one in order.wanted:
            change_unseen(ctx, key, adding(one.sku, one.quantity, one.inputs))
        change_cart(ctx, key, choose_payments([PaymentChoice(code=provider, instrument=order.instrument)]))
        return place_order(ctx, key, Acceptance())
    except Refused:
        with ctx.writing() as session:
            session.execute(delete(Cart).where(col(Cart.id) == cart, col(Cart.completed_at).is_(None)))
        raise


def _open(ctx: Context, cart: str, order: StandingOrder, like: Row) -> CartKey:
    """A cart with everything but goods; what a crash left of an earlier one goes."""
    token, now, book = new_token(), ctx.now(), ctx.service(CustomerBook)  # type: ignore[type-abstract]
    with ctx.writing() as session:
        session.execute(delete(Cart).where(col(Cart.id) == cart, col(Cart.completed_at).is_(None)))
        person = book.customer(ctx, order.customer) if book else None
        methods = {key: method for key, method in session.execute(_METHODS, {"order": like.id}) if method}
        values = {
            "id": cart, "token_hash": hashed(token), "currency": like.currency, "locale": like.locale, "channel": like.channel,
            "country": like.country, "customer": order.customer, "email": person.email if person else like.email,
            "shipping_address": like.shipping_address, "billing_address": like.billing_address, "methods": methods,
            "created_at": now, "updated_at": now, "expires_at": now + patience_of(ctx.settings(OrderSettings), True),
        }  # fmt: skip
        session.execute(insert(Cart.__table__), values)  # type: ignore[attr-defined]
    return CartKey(cart, token)
