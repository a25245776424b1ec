"""The orders of lists, and pages in them."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketry import Context
from marketry.database.keyset import make_cursor, read_cursor
from marketry.problems import invalid
from marketry_catalog.models.categories import category_product
from marketry_catalog.models.products import price_range, product
from marketry_catalog.overview.measures import Measure
from marketry_catalog.overview.overview import Overview

# Order → (measure; its last part follows the context where it is empty), whether downwards. Ids rise with time: the newest
# product is the one with the highest.
ORDERS: Mapping[str, tuple[str, bool]] = {
    "": ("rank", False),
    "newest": ("id", True),
    "price": ("price", False),
    "-price": ("price", True),
    "name": ("name", False),
}
_KEYS: Mapping[str, Any] = {
    "rank": category_product.c.rank,
    "id": product.c.id,
    "price": price_range.c.lowest,
    "name": product.c.handle,  # any text: the key in hexadecimal digits
}


def known_order(ctx: Context, sort: str) -> str:
    """`sort`, or a refusal (422, `sort`)."""
    if sort not in ORDERS:
        raise invalid("bad_sort", ctx.gettext("The list can't be sorted like this."), "sort")
    return sort


def ordered(
    ctx: Context, overview: Overview, bits: int, order: str, in_category: bool, cursor: str | None, limit: int
) -> tuple[list[int], str | None, str | None]:
    """At most `limit` ordinals of `bits`, with the cursors of the next page and the one before. Refuses a foreign cursor."""
    kind, down = ORDERS[order]
    if kind == "rank" and not in_category:
        kind = "id"
    measure = _measure(ctx, overview, kind)
    columns = [_KEYS[kind], product.c.id]
    backwards, keys = read_cursor(cursor, columns) if cursor else (False, [])
    after = (_key(ctx, kind, keys[0]), overview.place_of(keys[1])) if keys else None
    found = measure.walk(bits, limit + 1, down=down != backwards, after=after)
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found = found[::-1]

    def cursor_at(way: str, o: int) -> str:
        key = measure.keys[o]
        return make_cursor(way, [key.hex() if isinstance(key, bytes) else key, overview.ids[o]])

    next_cursor = cursor_at("n", found[-1]) if found and (more or backwards) else None
    previous = cursor_at("p", found[0]) if found and (more if backwards else cursor) else None
    return found, next_cursor, previous


def sliced(found: Sequence[int], cursor: str | None, limit: int) -> tuple[list[int], str | None, str | None]:
    """The same for what is ranked already: its pages are counted."""
    offset = max(read_cursor(cursor, [product.c.id])[1][0], 0) if cursor else 0
    part = list(found[offset : offset + limit])
    following = make_cursor("n", [offset + limit]) if offset + limit < len(found) else None
    return part, following, make_cursor("p", [max(offset - limit, 0)]) if offset > 0 else None


def _measure(ctx: Context, overview: Overview, kind: str) -> Measure:
    if kind == "price":
        return overview.prices(ctx.currency, ctx.price_group)
    return overview.measure("name", ctx.locale) if kind == "name" else overview.measure(kind)


def _key(ctx: Context, kind: str, key: Any) -> Any:
    if kind != "name":
        return key
    try:
        return bytes.fromhex(key)
    except ValueError:
        raise invalid(
            "bad_cursor", ctx.gettext("This page address is not valid any more. Start from the first page."), "cursor"
        ) from None
