"""Stock that is reserved for an order's lines, used up parcel by parcel."""

from collections.abc import Mapping

from sqlalchemy import select

from marketry import Context
from marketry.commerce.stock import StockSource
from marketry_orders.domain.parcels import Need
from marketry_orders.models import Allocation, Order, OrderLine


def needs_of(ctx: Context, order: Order) -> list[Need]:
    lines = ctx.session.scalars(
        select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.position)  # type: ignore[arg-type]
    ).all()
    return [Need(line.id, line.sku, line.quantity, line.shippable, tuple((key, n) for key, n in line.demands)) for line in lines]


def reserved(ctx: Context, order: Order) -> list[Allocation]:
    """Allocations with something left, in a fixed order."""
    rows = ctx.session.scalars(select(Allocation).where(Allocation.order_id == order.id)).all()  # type: ignore[arg-type]
    left = [row for row in rows if row.quantity > row.shipped + row.released]
    return sorted(left, key=lambda row: (row.line_id, row.stock_key, row.location))


def use_up(ctx: Context, order: Order, needs: list[Need], lines: Mapping[str, int], location: str) -> list[StockSource]:
    """Mark the stock of `lines` as shipped, from `location` first, and return it. A key that nothing is reserved of isn't
    counted: its stock isn't tracked."""
    by_line = {need.line: need for need in needs}
    used: list[StockSource] = []
    rows = sorted(reserved(ctx, order), key=lambda row: (row.line_id, row.stock_key, row.location != location, row.location))
    wanted = {(line, key): n * quantity for line, quantity in lines.items() for key, n in by_line[line].demands}
    for row in rows:
        quantity = min(wanted.get((row.line_id, row.stock_key), 0), row.quantity - row.shipped - row.released)
        if quantity > 0:
            wanted[row.line_id, row.stock_key] -= quantity
            row.shipped += quantity
            used.append(StockSource(row.stock_key, row.location, quantity))
    return used
