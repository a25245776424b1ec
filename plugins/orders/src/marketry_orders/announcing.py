"""Telling the rest of the shop what moved: each movement of an attempt that is trusted, once."""

from sqlalchemy import select

from marketry import Context
from marketry.commerce.events import PaymentCaptured, RefundReversed, RefundSettled
from marketry.commerce.payment import Phase, TransactionKind
from marketry_orders.books import entry_of, ledger_of, trusted
from marketry_orders.models import Operation, Order, Payment, Transaction


def announce(ctx: Context, order: Order, payment: Payment) -> None:
    """Publish money in, money back, and money back that bounced; nothing while the attempt is in review."""
    if not trusted(payment):
        return
    rows = ctx.session.execute(
        select(Transaction, Operation.reason)  # type: ignore[call-overload]
        .outerjoin(Operation, Operation.id == Transaction.operation_id)
        .where(Transaction.payment_id == payment.id)
        .order_by(Transaction.id)
    ).all()
    effective = set(ledger_of(payment, [row for row, _ in rows]).effective())
    told = {(row.kind, row.remote_id) for row, _ in rows if row.announced and row.phase == Phase.SUCCEEDED}
    for row, reason in rows:
        if row.announced or row.phase == Phase.PENDING or entry_of(row) not in effective:
            continue
        _publish(ctx, order, payment, row, reason or "", reversed_=(row.kind, row.remote_id) in told)
        row.announced = True


def _publish(ctx: Context, order: Order, payment: Payment, row: Transaction, reason: str, *, reversed_: bool) -> None:
    at, number, currency = ctx.now(), order.number, row.currency
    who, provider, amount = payment.id, payment.provider, row.amount
    succeeded = row.phase == Phase.SUCCEEDED
    if row.kind == TransactionKind.CAPTURE and succeeded:
        ctx.publish(PaymentCaptured(at=at, number=number, currency=currency, payment=who, provider=provider, amount=amount))
    elif row.kind == TransactionKind.REFUND and succeeded:
        ctx.publish(
            RefundSettled(at=at, number=number, currency=currency, payment=who, provider=provider, amount=amount, reason=reason)
        )
    elif row.kind == TransactionKind.REFUND and reversed_:
        ctx.publish(RefundReversed(at=at, number=number, currency=currency, payment=who, provider=provider, amount=amount))
