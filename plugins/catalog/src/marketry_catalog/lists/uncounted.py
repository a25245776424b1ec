"""Lists while the overview is still being read: straight from the tables, without facets."""

from typing import Any

from sqlalchemy import bindparam, func, select

from marketry import Context
from marketry.database.keyset import paginate
from marketry.web.values import Page
from marketry_catalog.lists.wanted import Listing
from marketry_catalog.models.categories import category_product
from marketry_catalog.models.products import price_range, product
from marketry_catalog.queries.visible import CURRENCY, shown

_ALL = select(product.c.id).where(shown())
_INSIDE = _ALL.join(category_product, category_product.c.product_id == product.c.id).where(
    category_product.c.category_id == bindparam("category")
)


def can_do_without(ctx: Context, listing: Listing) -> bool:
    """Whether the tables alone know the list: nothing is ticked, and the order is one that they have."""
    if ctx.price_group and listing.order.endswith("price"):
        return False
    return not (listing.filters or listing.available or listing.sale or listing.order == "name")


def uncounted(ctx: Context, listing: Listing, cursor: str | None, limit: int) -> Page:
    """Ids of products, with the cursors of `lists.orders.ordered`; the page that shows them is kept by nobody."""
    ctx.drawn.holds_until(ctx.now())
    statement: Any = _ALL if listing.category is None else _INSIDE
    given = {"now": ctx.now(), "currency": ctx.currency, "category": listing.category}
    count = ctx.session.scalar(select(func.count()).select_from(statement.params(given).subquery()))
    if listing.order.endswith("price"):
        statement = statement.join(price_range, (price_range.c.product_id == product.c.id) & (price_range.c.currency == CURRENCY))
    way: Any = "desc" if listing.order in ("newest", "-price") else "asc"
    by_rank = listing.order == "" and listing.category is not None
    key = category_product.c.rank if by_rank else price_range.c.lowest if listing.order.endswith("price") else product.c.id
    page = paginate(ctx.session, statement.params(given), order=[(key, way), (product.c.id, way)], cursor=cursor, limit=limit)
    return Page(page.items, page.next_cursor, page.previous_cursor, count)
