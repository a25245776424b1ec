"""What doesn't travel (a download, a ticket, a service) is handed over the moment the order is paid and no hold forbids it."""

from marketry import Context
from marketry.commerce.stock import StockKeeper
from marketry_orders.allocations import needs_of, use_up
from marketry_orders.holding import blocked
from marketry_orders.models import Order
from marketry_orders.moving import update_fulfilment
from marketry_orders.reinstating import merged
from marketry_orders.stock_subjects import stock_subject


def hand_over(ctx: Context, order: Order) -> None:
    """Take the stock of lines that don't travel out of the house, once, and let the fulfilment status follow. What a hold
    keeps back is handed over when it is lifted."""
    if order.handed_over_at is not None or blocked(ctx, order, "fulfil"):
        return
    needs = needs_of(ctx, order)
    lines = {need.line: need.quantity for need in needs if not need.shippable}
    if not lines:
        return
    order.handed_over_at = ctx.now()
    used = merged(use_up(ctx, order, needs, lines, ""))
    keeper = ctx.service(StockKeeper)  # type: ignore[type-abstract]
    if keeper is not None and used:
        keeper.ship(ctx, stock_subject(order), used, f"order:{order.number}:handed-over")
    update_fulfilment(ctx, order)
