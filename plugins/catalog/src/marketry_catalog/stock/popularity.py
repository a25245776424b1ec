"""How often products are ordered, month by month: it orders what search finds equally fitting."""

from collections import Counter

from sqlalchemy import bindparam, insert, select, update

from marketry import Context
from marketry.commerce.events import OrderPlaced
from marketry_catalog.models.products import variant
from marketry_catalog.models.search import popularity

_PRODUCTS = select(variant.c.sku, variant.c.product_id).where(variant.c.sku.in_(bindparam("skus", expanding=True)))
_MORE = (
    update(popularity)
    .where(popularity.c.month == bindparam("of_month"), popularity.c.product_id == bindparam("of"))
    .values(units=popularity.c.units + bindparam("more"))
)


def count_sold(ctx: Context, event: OrderPlaced) -> None:
    """Add the units of an order to the products of its lines; lines that are no variants count for nothing."""
    units: Counter[str] = Counter()
    for line in event.lines:
        units[line.sku] += line.quantity
    products: Counter[int] = Counter()
    for row in ctx.session.execute(_PRODUCTS, {"skus": sorted(units)}):
        products[row.product_id] += units[row.sku]
    month = event.at.strftime("%Y-%m")
    for of, more in sorted(products.items()):
        if ctx.session.execute(_MORE, {"of_month": month, "of": of, "more": more}).rowcount == 0:  # type: ignore[attr-defined]
            ctx.session.execute(insert(popularity), {"month": month, "product_id": of, "units": more})
