"""Whoever changes an order holds its row first: one writer per order, on both databases."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketry import Context
from marketry.problems import not_found
from marketry_orders.models import Order, Payment


def lock_order(ctx: Context, number: str) -> Order:
    """The order `number`, locked until the transaction ends; 404 when there is none. Inside `ctx.writing()`."""
    order = _locked(ctx.session, Order.number == number)
    if order is None:
        raise not_found(ctx.gettext("There is no such order."), "unknown_order")
    return order


def lock_order_of(ctx: Context, payment_id: str) -> tuple[Order, Payment]:
    """The order of a payment, locked, and the payment as it stands then."""
    order_id = ctx.session.scalar(select(Payment.order_id).where(Payment.id == payment_id))  # type: ignore[call-overload]
    order = _locked(ctx.session, Order.id == order_id) if order_id is not None else None
    payment = ctx.session.get(Payment, payment_id, populate_existing=True) if order else None
    if order is None or payment is None:
        raise not_found(ctx.gettext("There is no such payment."), "unknown_payment")
    return order, payment


def _locked(session: Session, condition: bool) -> Order | None:
    """SQLite has one writer anyway and ignores FOR UPDATE; rows read before the lock are read again."""
    statement = select(Order).where(condition).with_for_update().execution_options(populate_existing=True)  # type: ignore[arg-type]
    return session.scalars(statement).one_or_none()
