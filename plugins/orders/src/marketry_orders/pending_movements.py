"""Money that a provider said is on its way: how it ended is asked, since the notice that would say so may be lost.

A refund to a closed account comes back days later, a dispute is decided after months. The poller looks at payments that are
open; these are not any more.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, literal_column, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from marketry import Context
from marketry.commerce.payment import Phase, ProviderKind
from marketry_orders.models import Payment, Transaction
from marketry_orders.same_account import can_be_asked

EVERY = timedelta(hours=1)
LOOK_FOR = timedelta(days=180)  # the longest that card schemes take over a dispute
AT_MOST = 500


def look_at_pending(ctx: Context) -> None:
    """Schedule: ask about every payment that has a movement of which only the beginning is known."""
    now = ctx.now()
    tick = int(now.timestamp() // EVERY.total_seconds())
    with ctx.reading() as session:
        payments = session.scalars(_undecided(ctx, now)).all()
    with ctx.writing():
        for payment in payments:
            ctx.enqueue("orders.fetch", {"payment": payment}, key=f"pending:{payment}:{tick}")


def _undecided(ctx: Context, now: datetime) -> Any:
    first, later = Transaction, aliased(Transaction)
    decided = exists().where(
        col(later.payment_id) == col(first.payment_id),
        col(later.kind) == col(first.kind),
        col(later.remote_id) == col(first.remote_id),
        col(later.phase) != Phase.PENDING,
    )
    return (
        select(col(first.payment_id))
        .join(Payment, col(Payment.id) == col(first.payment_id))
        .where(
            col(first.phase) == literal_column(f"'{Phase.PENDING.value}'"),  # as the index says it, else it isn't used
            col(first.at) > now - LOOK_FOR,
            ~decided,
            col(Payment.kind) == ProviderKind.REMOTE,
            can_be_asked(ctx),
        )
        .distinct()
        .limit(AT_MOST)
    )
