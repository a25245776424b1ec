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
    released = [a for a in _allocations(ctx, order) if a.released]
    for allocation in released:
        allocation.released = 0
    if not secure_stock(ctx, order):
        for allocation in released:
            allocation.released = allocation.quantity - allocation.shipped
        return False
    order.status, order.fulfilment_status = Status.PLACED, FulfilmentStatus.UNFULFILLED
    order.cancelled_at, order.cancel_reason = None, ""
    record(ctx, order, "order.reinstated", public=True)
    ctx.session.flush()
    return True


def secure_stock(ctx: Context, order: Order) -> bool:
    """Make sure that what is still to be sent is reserved without an end, taking anew what expired meanwhile. False, and
    nothing changed, when it is sold out."""
    keeper = ctx.service(StockKeeper)  # type: ignore[type-abstract]
    open_ = [StockSource(a.stock_key, a.location, a.quantity - a.shipped - a.released) for a in _allocations(ctx, order)]
    wanted = [source for source in merged(open_) if source.quantity > 0]
    if keeper is None or not wanted:
        return True
    try:
        with ctx.session.begin_nested():
            keeper.reserve(ctx, stock_subject(order), wanted, None)
            keeper.keep(ctx, stock_subject(order))
    except Refused:
        return False
    return True


def _allocations(ctx: Context, order: Order) -> list[Allocation]:
    return list(ctx.session.scalars(select(Allocation).where(Allocation.order_id == order.id)))  # type: ignore[arg-type]


def merged(sources: list[StockSource]) -> list[StockSource]:
    """The same sources, one per key and location."""
    sums: dict[tuple[str, str], int] = {}
    for source in sources:
        sums[source.stock_key, source.location] = sums.get((source.stock_key, source.location), 0) + source.quantity
    return [StockSource(key, location, quantity) for (key, location), quantity in sorted(sums.items())]
