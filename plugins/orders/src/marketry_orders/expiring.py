"""Orders that nobody paid in time are cancelled and their goods go back on the shelf."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, select
from sqlmodel import col

from marketry import Context
from marketry.commerce.payment import AttemptState, ProviderKind
from marketry_orders.books import Books, books_of
from marketry_orders.cancelling import cancel_locked
from marketry_orders.domain.ledger import OPEN_STATES
from marketry_orders.domain.states import FulfilmentStatus, PaymentStatus, Status
from marketry_orders.fetching import POLL_FOR, fetch_payment
from marketry_orders.locking import lock_order
from marketry_orders.models import Order, Payment
from marketry_orders.performing import perform_all
from marketry_orders.reinstating import UNPAID
from marketry_orders.same_account import can_be_asked
from marketry_orders.settings import OrderSettings, patience_of

log = structlog.get_logger("marketry.orders")
AT_MOST = 200
UNPAID_STATUSES = (PaymentStatus.NONE, PaymentStatus.PENDING, PaymentStatus.VOIDED)


def expire_orders(ctx: Context) -> None:
    """Schedule: cancel what is overdue. One order's trouble doesn't stop the others."""
    with ctx.reading():
        numbers = _overdue(ctx)
    for number in numbers:
        try:
            expire_order(ctx, number)
        except Exception as error:  # a gateway that doesn't answer: the order is looked at again at the next tick
            log.warning("order_not_expired", number=number, reason=repr(error))


def expire_order(ctx: Context, number: str) -> bool:
    """Cancel `number` if it is overdue still, after asking remote providers a last time. False: it is not."""
    with ctx.reading():
        remote = _remote_attempts(ctx, number)
    for payment in remote:
        fetch_payment(ctx, payment)
    with ctx.writing():
        order = lock_order(ctx, number)
        if not overdue(ctx, order, books_of(ctx, order)):
            return False
        operations = cancel_locked(ctx, order, UNPAID, refund=True)
    perform_all(ctx, operations)
    return True


def overdue(ctx: Context, order: Order, books: Books) -> bool:
    """Nothing has left, no money came, and every way to pay is past its time or has failed."""
    if order.status != Status.PLACED or order.fulfilment_status != FulfilmentStatus.UNFULFILLED:
        return False
    if order.payment_status not in UNPAID_STATUSES or any(book.ledger.totals().captured for book in books.books):
        return False
    absent = any(book.payment.off_session for book in books.books)
    now, patience = ctx.now(), patience_of(ctx.settings(OrderSettings), absent)
    waiting = [book.payment for book in books.books if book.ledger.state in OPEN_STATES]
    if not waiting:
        return order.placed_at + patience <= now
    return all(_deadline(payment, patience) <= now for payment in waiting)


def _deadline(payment: Payment, patience: timedelta) -> datetime:
    """A remote payment that names no time waits as long as its stock; one paid by hand without a time waits for ever. Where the
    buyer has done their part and the bank takes its days (a direct debit), nobody is late."""
    if payment.state == AttemptState.PROCESSING:
        return payment.created_at + POLL_FOR
    if payment.expires_at is not None:
        return payment.expires_at
    if payment.kind == ProviderKind.DEFERRED:
        return datetime.max.replace(tzinfo=payment.created_at.tzinfo)
    return payment.created_at + patience


def _overdue(ctx: Context) -> Sequence[str]:
    """Numbers that may be overdue, the oldest first; one statement per status, each on its own index. Orders whose
    gateway may hold money and can't be asked, its plugin disabled or its keys changed, wait and don't keep the others from being
    looked at."""
    now = ctx.now()
    settings = ctx.settings(OrderSettings)
    patience, longer = patience_of(settings, False), patience_of(settings, True)
    numbers: list[str] = []
    for status in UNPAID_STATUSES:
        waiting = select(Payment.id).where(  # type: ignore[call-overload]
            Payment.order_id == Order.id,
            _still_open(ctx, now) | (col(Payment.off_session) & (col(Payment.created_at) > now - longer)),
        )
        found = ctx.session.scalars(
            select(Order.number)  # type: ignore[call-overload]
            .where(
                Order.payment_status == status,
                Order.status == Status.PLACED,
                Order.placed_at <= now - patience,
                Order.fulfilment_status == FulfilmentStatus.UNFULFILLED,
                ~waiting.exists(),
            )
            .order_by(Order.placed_at, Order.id)
            .limit(AT_MOST)
        )
        numbers += found
    return numbers


def _still_open(ctx: Context, now: datetime) -> ColumnElement[bool]:
    by_hand = col(Payment.expires_at).is_(None) & (col(Payment.kind) == ProviderKind.DEFERRED)
    at_the_bank = (col(Payment.state) == AttemptState.PROCESSING.value) & (col(Payment.created_at) > now - POLL_FOR)
    may_come = (col(Payment.expires_at) > now) | by_hand | at_the_bank | _nobody_to_ask(ctx)
    return col(Payment.state).in_([str(state) for state in OPEN_STATES]) & may_come


def _nobody_to_ask(ctx: Context) -> ColumnElement[bool]:
    asked = (Payment.kind == ProviderKind.REMOTE) & Payment.initiated_at.is_not(None)  # type: ignore[union-attr]
    return asked & ~can_be_asked(ctx)  # type: ignore[no-any-return]


def _remote_attempts(ctx: Context, number: str) -> Sequence[str]:
    return ctx.session.scalars(
        select(Payment.id)  # type: ignore[call-overload]
        .join(Order, Order.id == Payment.order_id)
        .where(
            Order.number == number,
            Payment.kind == ProviderKind.REMOTE,
            Payment.state.in_([str(state) for state in OPEN_STATES]),  # type: ignore[attr-defined]
            Payment.initiated_at.is_not(None),  # type: ignore[union-attr]
        )
    ).all()
