"""The order's diary: append-only, what happened, when and by whom."""

from typing import Any

from marketry import Context
from marketry_orders.models import Order, TimelineEntry


def record(ctx: Context, order: Order, kind: str, message: str = "", *, public: bool = False, **data: Any) -> None:
    """Write down `kind` (`payment.captured`). `public`: the buyer reads it too. Amounts in `data` are minor units.

    Staff are named, customers are not: who bought stands on the order, which can forget it.
    """
    ctx.session.add(
        TimelineEntry(
            order_id=order.id,
            kind=kind,
            message=message[:2000],
            actor="" if ctx.actor.kind == "customer" else ctx.actor.name or ctx.actor.id,
            data=data,
            public=public,
            at=ctx.now(),
        )
    )
