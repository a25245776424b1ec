"""What is asked of a provider, written down before it is asked: kind, amount and idempotency key.

An operation is `requested`, then `sent` (the call was made; its answer may have been lost), then `done` or `failed`. While
it is neither, its amount is bound. The row's id is the key that the provider sees, so asking again does nothing twice.
"""

import hashlib
import secrets
from typing import Literal

from sqlalchemy import select
from sqlmodel import col

from marketry import Context
from marketry.commerce.money import Money
from marketry.commerce.payment import AttemptState, Charge, Entry, PaymentProvider, Phase, ProviderKind, Snapshot, TransactionKind
from marketry.problems import conflict
from marketry_orders.books import UNSETTLED
from marketry_orders.models import Operation, Order, Payment, Transaction
from marketry_orders.timeline import record

Kind = Literal["capture", "void", "refund"]
# The one who asked also carries it out at once; the job is there in case that process dies.
JOB_DELAY_SECONDS = 20.0


def operation_id(order: Order, key: str, payment: Payment, kind: Kind) -> str:
    """A stable id for a key that the caller chose; a random one without."""
    if not key:
        return secrets.token_hex(16)
    return hashlib.sha256(f"{order.number}\n{key}\n{payment.id}\n{kind}".encode()).hexdigest()[:32]


def request(
    ctx: Context,
    order: Order,
    payment: Payment,
    kind: Kind,
    amount: int,
    *,
    reason: str = "",
    key: str = "",
    delay: float = JOB_DELAY_SECONDS,
) -> Operation:
    """Write down an operation (the order is locked). The same `key` again returns the first one, another amount is a 409."""
    known = ctx.session.get(Operation, operation_id(order, key, payment, kind)) if key else None
    if known is not None:
        if known.amount != amount:
            raise conflict("key_in_use", ctx.gettext("This form was sent before with another amount. Open it again."), "key")
        return known
    operation = Operation(
        id=operation_id(order, key, payment, kind),
        order_id=order.id,
        payment_id=payment.id,
        kind=kind,
        amount=amount,
        currency=payment.currency,
        reason=reason[:500],
        requested_by=ctx.actor.id,
        requested_at=ctx.now(),
    )
    ctx.session.add(operation)
    ctx.session.flush()
    if payment.kind == ProviderKind.REMOTE:
        ctx.enqueue("orders.operate", {"operation": operation.id}, key=f"operate:{operation.id}", delay=delay)
    record(ctx, order, f"payment.{kind}.requested", reason, payment=payment.id, amount=amount, currency=payment.currency)
    return operation


def ask(ctx: Context, provider: PaymentProvider, charge: Charge, operation: Operation) -> Snapshot:
    """Make the call that `operation` stands for."""
    amount = Money(operation.amount, operation.currency)
    if operation.kind == "capture":
        return provider.capture(ctx, charge, amount, operation.id)
    if operation.kind == "refund":
        return provider.refund(ctx, charge, amount, operation.id)
    return provider.void(ctx, charge, operation.id)


def close_operations(ctx: Context, order: Order, payment: Payment, snapshot: Snapshot) -> None:
    """Tie entries that name their key to their operations, and close those that have their answer."""
    for entry in snapshot.entries:
        if entry.key:
            operation = ctx.session.get(Operation, entry.key)
            if operation is not None and operation.payment_id == payment.id:
                tie(ctx, order, operation, entry)


def answered(ctx: Context, order: Order, operation: Operation, snapshot: Snapshot) -> bool:
    """Close `operation` by its entry in the answer; False when the answer has none, so its amount stays bound."""
    if operation.state not in UNSETTLED:
        return True
    entry = _entry_of(ctx, operation, snapshot)
    if entry is None and operation.kind == "void" and snapshot.state is not AttemptState.AUTHORISED:
        _close(ctx, operation, "done")  # nothing was reserved, so there is nothing to report
        return True
    if entry is None:
        return False
    tie(ctx, order, operation, entry)
    return True


def _entry_of(ctx: Context, operation: Operation, snapshot: Snapshot) -> Entry | None:
    """The entry whose key is the operation, else one of its kind and amount that belongs to no other operation."""
    mine = [e for e in snapshot.entries if e.kind == TransactionKind(operation.kind)]
    for entry in mine:
        if operation.id in (entry.key, entry.remote_id):
            return entry
    taken = set(
        ctx.session.scalars(
            select(Transaction.remote_id).where(  # type: ignore[call-overload]
                Transaction.payment_id == operation.payment_id,
                Transaction.kind == operation.kind,
                Transaction.operation_id.is_not(None),  # type: ignore[union-attr]
            )
        )
    )
    free = [e for e in mine if e.remote_id not in taken and not e.key and e.amount.minor == operation.amount]
    return free[-1] if free else None


def tie(ctx: Context, order: Order, operation: Operation, entry: Entry) -> None:
    """Mark the rows of `entry` as the work of `operation` and close it as the entry says."""
    rows = ctx.session.scalars(
        select(Transaction).where(
            col(Transaction.payment_id) == operation.payment_id,
            col(Transaction.kind) == entry.kind,
            col(Transaction.remote_id) == entry.remote_id,
        )
    ).all()
    for row in rows:
        row.operation_id = operation.id
        row.message = row.message or operation.reason
    if entry.phase is Phase.FAILED and operation.state != "failed":  # also money given back that bounced later
        _close(ctx, operation, "failed", entry.message)
    elif operation.state in UNSETTLED:
        _close(ctx, operation, "done", "")


def fail(ctx: Context, order: Order, operation: Operation, problem: str) -> None:
    """The provider refused for good: the amount is free again, staff see why."""
    if operation.state in UNSETTLED:
        _close(ctx, operation, "failed", problem)
        record(
            ctx,
            order,
            f"payment.{operation.kind}.refused",
            problem,
            payment=operation.payment_id,
            amount=operation.amount,
            currency=operation.currency,
        )


def _close(ctx: Context, operation: Operation, state: str, problem: str = "") -> None:
    operation.state, operation.problem, operation.settled_at = state, problem[:500], ctx.now()
    ctx.session.flush()
