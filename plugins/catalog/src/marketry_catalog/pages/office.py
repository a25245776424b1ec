"""What the catalogue adds to the back office's own pages: search, dashboard, health."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select

from marketry import Context
from marketry.database import in_locale
from marketry.web.values import Card, HealthReport, Hit
from marketry_catalog.models.products import product, variant
from marketry_catalog.models.stock import reservation, stock_level
from marketry_catalog.queries.admin import found_products
from marketry_catalog.settings import CatalogSettings

MOST = 10
_FOUND = select(product.c.handle, product.c.title).where(product.c.id.in_(bindparam("ids", expanding=True)))
_free = func.sum(stock_level.c.on_hand - stock_level.c.allocated)
_LOW = (
    select(product.c.handle, product.c.title, variant.c.sku, _free.label("free"))
    .join(variant, variant.c.product_id == product.c.id)
    .join(stock_level, stock_level.c.variant_id == variant.c.id)
    .where(product.c.published, variant.c.active, variant.c.tracked)
    .group_by(product.c.handle, product.c.title, variant.c.sku)
    .having(_free <= bindparam("limit"))
    .order_by(_free, variant.c.sku)
    .limit(MOST)
)
_open = func.coalesce(func.sum(reservation.c.quantity - reservation.c.shipped - reservation.c.released), 0)
# One statement, so that both sums are of one moment.
_BOOKS = select(
    select(_open).scalar_subquery().label("promised"),
    select(func.coalesce(func.sum(stock_level.c.allocated), 0)).scalar_subquery().label("allocated"),
)


def product_hits(ctx: Context, q: str) -> Sequence[Hit]:
    """Products by article number, handle or words."""
    if not ctx.allows("catalog.product.read") or not q.strip():
        return ()
    ids = found_products(ctx, q)[:MOST]
    if not ids:
        return ()
    kind, fallback = ctx.gettext("Product"), ctx.site.locales[0]
    rows = ctx.session.execute(_FOUND, {"ids": ids})
    return [Hit(in_locale(r.title, ctx.locale, fallback), f"/admin/products/{r.handle}", kind, r.handle) for r in rows]


def stock_card(ctx: Context) -> Sequence[Card]:
    """Published variants that run out."""
    limit = ctx.settings(CatalogSettings).low_stock
    rows = [
        {"sku": r.sku, "handle": r.handle, "title": in_locale(r.title, ctx.locale, ctx.site.locales[0]), "free": int(r.free)}
        for r in ctx.session.execute(_LOW, {"limit": limit})
    ]
    return (Card(ctx.gettext("Running out"), "catalog/admin/low_stock.html", {"rows": rows}, "catalog.stock.read"),)


def stock_health(ctx: Context) -> Sequence[HealthReport]:
    """What is allocated is exactly what is reserved: the invariant of the stock tables."""
    with ctx.reading() as session:
        promised, allocated = session.execute(_BOOKS).one()
    ok = int(promised) == int(allocated)
    detail = "" if ok else f"reservations hold {promised} units, levels say {allocated}"
    return (HealthReport("catalog.stock", ok, detail),)
