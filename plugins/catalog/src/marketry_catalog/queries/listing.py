"""Pages of products: by category, order, availability and attributes, keyset-paginated, each statement built once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from sqlalchemy import Select, bindparam, exists, tuple_

from marketry import Context
from marketry.database.keyset import make_cursor, read_cursor
from marketry.web.values import Page
from marketry_catalog.models.attributes import attribute_value
from marketry_catalog.models.categories import category_product
from marketry_catalog.models.products import price_range, product
from marketry_catalog.queries.cards import card, cards, given
from marketry_catalog.queries.visible import buyable

Way = Literal["first", "next", "previous"]
# Each order is that of one index, so its columns are of one table: SQLite doesn't see that joined ids are the same.
# Ids rise with time: the newest product is the one with the highest.
ORDERS: Mapping[str, tuple[tuple[Any, ...], str]] = {
    "": ((product.c.id,), "asc"),
    "newest": ((product.c.id,), "desc"),
    "price": ((price_range.c.lowest, price_range.c.product_id), "asc"),
    "-price": ((price_range.c.lowest, price_range.c.product_id), "desc"),
}
_IN_CATEGORY: Mapping[str, tuple[tuple[Any, ...], str]] = {
    "": ((category_product.c.rank, category_product.c.product_id), "asc"),
    "newest": ((category_product.c.product_id,), "desc"),
}


@dataclass(frozen=True, slots=True)
class AttributeFilter:
    """One ticked filter: a `choice`, or a number within [`least`, `most`] in units of the attribute's last decimal."""

    attribute_id: int
    choice: str | None = None
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What to list: `order` is a key of ORDERS, `category` an id, `available` only what can be bought now."""

    order: str = ""
    category: int | None = None
    available: bool = False
    filters: tuple[AttributeFilter, ...] = ()


def page_of(ctx: Context, listing: Listing, cursor: str | None, limit: int) -> Page:
    """At most `limit` cards of shown products; refuses (422, `cursor`) a cursor of another list."""
    columns, _ = _order(listing.order, listing.category is not None)
    backwards, keys = read_cursor(cursor, list(columns)) if cursor else (False, [])
    way: Way = "first" if not cursor else "previous" if backwards else "next"
    numbers = tuple(f.choice is None for f in listing.filters)
    statement = _statement(listing.order, listing.category is not None, listing.available, numbers, way)
    values = given(ctx, category=listing.category, most_rows=limit + 1, **{f"key_{i}": key for i, key in enumerate(keys)})
    for i, f in enumerate(listing.filters):
        values |= {f"attribute_{i}": f.attribute_id}
        values |= {f"choice_{i}": f.choice} if f.choice is not None else {f"least_{i}": f.least, f"most_{i}": f.most}
    if listing.category is None:
        del values["category"]
    rows = ctx.session.execute(statement, values).all()
    more, rows = len(rows) > limit, rows[:limit]
    if backwards:
        rows = rows[::-1]
    width = len(columns)
    return Page(
        items=[card(ctx, row) for row in rows],
        next_cursor=make_cursor("n", rows[-1][-width:]) if rows and (more or backwards) else None,
        previous_cursor=make_cursor("p", rows[0][-width:]) if rows and (more if backwards else cursor) else None,
    )


def _order(order: str, in_category: bool) -> tuple[tuple[Any, ...], str]:
    return _IN_CATEGORY.get(order, ORDERS[order]) if in_category else ORDERS[order]


@cache
def _statement(order: str, in_category: bool, available: bool, filters: tuple[bool, ...], way: Way) -> Select[Any]:
    columns, direction = _order(order, in_category)
    statement = cards()
    if in_category:
        statement = statement.join(category_product, category_product.c.product_id == product.c.id).where(
            category_product.c.category_id == bindparam("category")
        )
    if order in ("price", "-price"):
        statement = statement.where(price_range.c.lowest.is_not(None))
    if available:
        statement = statement.where(buyable())
    for i, is_number in enumerate(filters):
        statement = statement.where(_has(i, is_number))
    ascending = (direction == "asc") != (way == "previous")
    if way != "first":
        keys = tuple_(*(bindparam(f"key_{i}", type_=c.type) for i, c in enumerate(columns)))
        statement = statement.where(tuple_(*columns) > keys if ascending else tuple_(*columns) < keys)
    return (
        statement.add_columns(*(c.label(f"key_column_{i}") for i, c in enumerate(columns)))
        .order_by(*(c.asc() if ascending else c.desc() for c in columns))
        .limit(bindparam("most_rows"))
    )


def _has(i: int, is_number: bool) -> Any:
    condition = exists().where(
        attribute_value.c.product_id == product.c.id, attribute_value.c.attribute_id == bindparam(f"attribute_{i}")
    )
    if not is_number:
        return condition.where(attribute_value.c.choice == bindparam(f"choice_{i}")).correlate(product)
    return condition.where(
        attribute_value.c.number >= bindparam(f"least_{i}"), attribute_value.c.number <= bindparam(f"most_{i}")
    ).correlate(product)
