"""What kept pages of the catalogue bear, and what drops them: tags by handle, purges with the change.

product:<handle>    its page, and every list that shows its card
stock:<handle>      its page: units that are left
category:<handle>   lists of the category
products            lists of all products: home, search
search              what is found by words
categories          every page with the tree of categories in it
catalog             all of these: an import
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from marketry import Context
from marketry.database import UTCDateTime
from marketry_catalog.models.categories import category, category_product
from marketry_catalog.models.products import product, variant
from marketry_catalog.queries.recent import recent
from marketry_catalog.queries.visible import NOW, free_units

_NAMES = (
    select(product.c.handle, category.c.handle.label("category"))
    .outerjoin(category_product, category_product.c.product_id == product.c.id)
    .outerjoin(category, category.c.id == category_product.c.category_id)
    .where(product.c.id.in_(bindparam("ids", expanding=True)))
)
_OF_VARIANT = (
    select(product.c.id, product.c.handle, free_units().label("free"))
    .join(variant, variant.c.product_id == product.c.id)
    .where(variant.c.id == bindparam("variant"))
)


def _soonest(moment: Any) -> Any:
    return select(func.min(moment, type_=UTCDateTime())).where(product.c.published, moment > NOW).scalar_subquery()


_NEXT = select(_soonest(product.c.publish_at).label("begins"), _soonest(product.c.publish_until).label("ends"))


def shows_product(ctx: Context, handle: str) -> None:
    """The page is about this product: its texts, prices and stock."""
    ctx.tag("catalog", f"product:{handle}", f"stock:{handle}")
    _holds(ctx)


def shows_list(ctx: Context, *tags: str) -> None:
    """The page lists products; their cards add themselves."""
    ctx.tag("catalog", *tags)
    _holds(ctx)


def _holds(ctx: Context) -> None:
    """Until the next product appears or goes by its schedule: it may stand in any list."""
    moment: datetime | None = recent(ctx, "next publishing", lambda: _next(ctx))
    if moment is not None:
        ctx.holds_until(moment)


def _next(ctx: Context) -> datetime | None:
    row = ctx.session.execute(_NEXT, {"now": ctx.now()}).one()
    return min((moment for moment in row if moment is not None), default=None)


def product_changed(ctx: Context, ids: Sequence[int]) -> None:
    """Say it before products leave categories, and after they came into others."""
    rows = ctx.session.execute(_NAMES, {"ids": list(ids)}).all()
    tags = {f"product:{row.handle}" for row in rows} | {f"category:{row.category}" for row in rows if row.category}
    ctx.purge("products", *tags)


def stock_moved(ctx: Context, variant_id: int, difference: int) -> None:
    """`difference` units can be bought more (or fewer) now. Lists only change where the variant sells out or is back."""
    row = ctx.session.execute(_OF_VARIANT, {"variant": variant_id}).one_or_none() if difference else None
    if row is None:
        return
    ctx.purge(f"stock:{row.handle}")
    free = int(row.free or 0)
    if (free > 0) != (free - difference > 0):
        product_changed(ctx, [row.id])


def tree_changed(ctx: Context) -> None:
    """Names, places or addresses of categories, which stand on every page."""
    ctx.purge("categories")


def catalogue_changed(ctx: Context) -> None:
    ctx.purge("catalog", "categories")
