"""Asking a provider how a payment stands, outside any transaction, and settling what it says."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from marketry import Context
from marketry.commerce.payment import ProviderKind
from marketry.crashpoints import reach
from marketry_orders.books import UNSETTLED
from marketry_orders.charges import load_charge
from marketry_orders.domain.ledger import OPEN_STATES
from marketry_orders.initiating import initiate_payment
from marketry_orders.models import Operation, Payment
from marketry_orders.same_account import answering, can_be_asked
from marketry_orders.settling import Settlement, settle

POLL_EVERY = timedelta(minutes=5)
# Younger ones are being worked on by whoever started them.
POLL_AFTER = timedelta(minutes=2)
POLL_FOR = timedelta(days=14)
AT_MOST = 500


def fetch_payment(ctx: Context, payment_id: str, operation: str = "", told: str | None = None) -> Settlement:
    """Ask how the payment (and the refund `operation` of it) stands and settle it. Not inside a transaction. Raises what the
    provider raises. `told`: the name that a notice gave it, for an attempt that ended here before its beginning was answered."""
    payment, charge = load_charge(ctx, payment_id, operation)
    if payment.remote_id is None and payment.initiated_at is None:
        initiate_payment(ctx, payment_id)  # the answer to its beginning is still to come: under the same key it is told anew
        payment, charge = load_charge(ctx, payment_id, operation)
        if payment.remote_id is None:
            if told is None:
                return Settlement(charge.order_number, ())  # it was refused: there is nothing to ask about
            charge = replace(charge, remote_id=told)
    snapshot = answering(ctx, payment).fetch(ctx, charge)
    reach("orders.fetching.answered")
    return settle(ctx, payment_id, snapshot)


def fetch(ctx: Context, payload: Mapping[str, Any]) -> None:
    """Job `orders.fetch`: payload {payment, operation?, told?}."""
    fetch_payment(ctx, str(payload["payment"]), str(payload.get("operation", "")), payload.get("told"))


def poll(ctx: Context) -> None:
    """Schedule: look again at remote payments that are still open, and at operations whose answer never came. A webhook
    that was lost costs five minutes, not the order."""
    now = ctx.now()
    tick = int(now.timestamp() // POLL_EVERY.total_seconds())
    with ctx.reading() as session:
        payments = session.scalars(_open_payments(ctx, now)).all()
        operations = session.scalars(_unanswered(ctx, now)).all()
    with ctx.writing():
        for payment in payments:
            ctx.enqueue("orders.fetch", {"payment": payment}, key=f"poll:{payment}:{tick}")
        for operation in operations:
            ctx.enqueue("orders.operate", {"operation": operation}, key=f"poll:{operation}:{tick}")


def _open_payments(ctx: Context, now: datetime) -> Any:
    """Of providers that can be asked; the jobs of a disabled plugin's, one every five minutes, would only be parked."""
    return (
        select(Payment.id)  # type: ignore[call-overload]
        .where(
            Payment.kind == ProviderKind.REMOTE,
            can_be_asked(ctx),
            Payment.state.in_([str(state) for state in OPEN_STATES]),  # type: ignore[attr-defined]
            or_(Payment.initiated_at.is_not(None), Payment.remote_id.is_not(None)),  # type: ignore[union-attr]
            Payment.created_at < now - POLL_AFTER,
            Payment.created_at > now - POLL_FOR,
        )
        .order_by(Payment.updated_at)
        .limit(AT_MOST)
    )


def _unanswered(ctx: Context, now: datetime) -> Any:
    return (
        select(Operation.id)  # type: ignore[call-overload]
        .join(Payment, Payment.id == Operation.payment_id)
        .where(can_be_asked(ctx))
        .where(Operation.state.in_(UNSETTLED), Operation.requested_at < now - POLL_EVERY)  # type: ignore[attr-defined]
        .order_by(Operation.requested_at)
        .limit(AT_MOST)
    )
