"""What gateways report long after the buyer has gone and a person must see: money back that never arrived, disputes.

Each becomes a hold of the order: it stands on the order's page and in the list of what needs a person, until somebody lifts it.
"""

from collections.abc import Sequence

from sqlalchemy import update
from sqlmodel import col

from marketry import Context
from marketry.commerce.checkout import Hold
from marketry.commerce.payment import Entry, Phase, TransactionKind
from marketry_orders.holding import write_holds
from marketry_orders.models import Order, OrderHold, Payment

PLUGIN = "orders"


def alarm(ctx: Context, order: Order, payment: Payment, new: Sequence[Entry]) -> None:
    """Hold the locked order for what `new` movements of `payment` say; a dispute that was won lifts its hold by itself."""
    for entry in new:
        if entry.kind is TransactionKind.REFUND and entry.phase is Phase.FAILED:
            label = ctx.gettext(
                "A refund of %(amount)s did not reach the buyer. Send it again, then lift this hold.",
                amount=ctx.money(entry.amount),
            )
            write_holds(ctx, order, [Hold(_code("refund", entry), label, frozenset(), PLUGIN)])
        if entry.kind is TransactionKind.CHARGEBACK:
            _dispute(ctx, order, payment, entry)


def _dispute(ctx: Context, order: Order, payment: Payment, entry: Entry) -> None:
    code = _code("dispute", entry)
    there = update(OrderHold).where(
        col(OrderHold.order_id) == order.id, col(OrderHold.code) == code, col(OrderHold.lifted_at).is_(None)
    )
    if entry.phase is Phase.FAILED:
        ctx.session.execute(there.values(lifted_at=ctx.now()))
        return
    values = {"amount": ctx.money(entry.amount), "provider": payment.label or payment.provider}
    if entry.phase is Phase.PENDING:
        label = ctx.gettext(
            "%(provider)s: the bank asks for %(amount)s back. Answer it at the gateway before you send.", **values
        )
    else:
        label = ctx.gettext("%(provider)s: the bank took %(amount)s back", **values)
        ctx.session.execute(there.values(label=label))  # there is nothing to answer any more
    write_holds(ctx, order, [Hold(code, label, frozenset({"fulfil"}), PLUGIN)])


def _code(what: str, entry: Entry) -> str:
    return f"{what}:{entry.remote_id}"[:64]
