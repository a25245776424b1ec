"""The default plan of where stock comes from."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from marketry import Context
from marketry.commerce.items import Demand
from marketry.commerce.stock import StockSource
from marketry_catalog.domain.sourcing import plan_sources, summed
from marketry_catalog.models.products import variant
from marketry_catalog.models.stock import location, stock_level

_FREE = (
    select(variant.c.sku, variant.c.tracked, location.c.code, (stock_level.c.on_hand - stock_level.c.allocated).label("free"))
    .outerjoin(stock_level, stock_level.c.variant_id == variant.c.id)
    .outerjoin(location, (location.c.id == stock_level.c.location_id) & location.c.active)
    .where(variant.c.sku.in_(bindparam("skus", expanding=True)))
    .order_by(location.c.priority, location.c.id)
)


def sources_for(ctx: Context, demands: Sequence[Demand]) -> list[StockSource] | None:
    """A location that serves all, else by priority. Keys that aren't counted are left out; None where none is ours."""
    needed = summed(demands)
    rows = ctx.session.execute(_FREE, {"skus": list(needed)}).all()
    if not rows:
        return None
    tracked = {r.sku for r in rows if r.tracked}
    free = {(r.sku, r.code): int(r.free) for r in rows if r.code is not None}
    order = list(dict.fromkeys(r.code for r in rows if r.code is not None))
    return plan_sources({key: n for key, n in needed.items() if key in tracked}, order, free)
