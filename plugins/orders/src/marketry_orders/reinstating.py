"""An order that was cancelled for want of money comes back when the money arrives and the goods are still there."""

from sqlalchemy import select

from marketry import Context, Refused
from marketry.commerce.stock import StockKeeper, StockSource
from marketry_orders.domain.states import FulfilmentStatus, Status, may_become
from marketry_orders.models import Allocation, Order
from marketry_orders.stock_subjects import stock_subject
from marketry_orders.timeline import record

# The `cancel_reason` of orders that expired; the page translates it.
UNPAID = "system:unpaid"


def reinstate(ctx: Context, order: Order) -> bool:
    """Place the locked order again, taking its stock anew; False, and nothing changed, when something is gone."""
    if not may_become(Status(order.status), Status.PLACED):
        return False
    allocations = ctx.session.scalars(select(Allocation).where(Allocation.order_id == order.id)).all()  # type: ignore[arg-type]
    order.reinstated += 1
    try:
        with ctx.session.begin_nested():
            _reserve(ctx, order, [StockSource(a.stock_key, a.location, a.quantity - a.shipped) for a in allocations])
    except Refused:
        order.reinstated -= 1
        return False
    for allocation in allocations:
        allocation.released = 0
    order.status, order.fulfilment_status = Status.PLACED, FulfilmentStatus.UNFULFILLED
    order.cancelled_at, order.cancel_reason = None, ""
    record(ctx, order, "order.reinstated", public=True)
    ctx.session.flush()
    return True


def _reserve(ctx: Context, order: Order, sources: list[StockSource]) -> None:
    keeper = ctx.service(StockKeeper)  # type: ignore[type-abstract]
    wanted = [source for source in merged(sources) if source.quantity > 0]
    if keeper is not None and wanted:
        keeper.reserve(ctx, stock_subject(order), wanted, None)


def merged(sources: list[StockSource]) -> list[StockSource]:
    """The same sources, one per key and location."""
    sums: dict[tuple[str, str], int] = {}
    for source in sources:
        sums[source.stock_key, source.location] = sums.get((source.stock_key, source.location), 0) + source.quantity
    return [StockSource(key, location, quantity) for (key, location), quantity in sorted(sums.items())]
