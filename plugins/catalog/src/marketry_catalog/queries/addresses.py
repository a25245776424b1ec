"""The addresses of shown products, in every language, for the sitemap."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, literal_column, select

from marketry import Context
from marketry_catalog.models.categories import category, category_path
from marketry_catalog.models.pictures import picture
from marketry_catalog.models.products import product, product_slug
from marketry_catalog.queries.cards import given
from marketry_catalog.queries.visible import shown

BATCH = 1_000
BEYOND = 2**31 - 1  # the highest id
_BLANK: Any = literal_column("' '")
_slugs = (
    select(func.aggregate_strings(product_slug.c.locale + "=" + product_slug.c.slug, _BLANK))
    .where(product_slug.c.product_id == product.c.id, product_slug.c.current)
    .correlate(product)
    .scalar_subquery()
)
_first = (
    select(picture.c.media)
    .where(picture.c.product_id == product.c.id)
    .order_by(picture.c.position)
    .limit(1)
    .correlate(product)
    .scalar_subquery()
)
_PRODUCTS = (
    select(product.c.id, product.c.handle, product.c.updated_at, _slugs.label("slugs"), _first.label("media"))
    .where(shown(), product.c.id > bindparam("after"))
    .order_by(product.c.id)
    .limit(BATCH)
)
_SHOWN = select(func.count()).select_from(product).where(shown())
_NTH = select(product.c.id).where(shown()).order_by(product.c.id).offset(bindparam("skipped")).limit(1)
_PATHS = (
    select(category.c.id, category.c.handle, category_path.c.locale, category_path.c.path)
    .join(category_path, category_path.c.category_id == category.c.id)
    .where(category_path.c.current)
)


class ProductAddress(NamedTuple):
    """`slugs` by locale; `media`: the name of the main picture, if there is one."""

    handle: str
    changed: datetime
    slugs: dict[str, str]
    media: str | None


def shown_products(ctx: Context) -> int:
    """How many there are."""
    with ctx.reading() as session:
        return int(session.scalar(_SHOWN, given(ctx)) or 0)


def product_addresses(ctx: Context, skipped: int = 0) -> Iterator[ProductAddress]:
    """Every shown product but the first `skipped`, in the order of their making; in batches, so that a million of them fit."""
    after = _last_of(ctx, skipped) if skipped else 0
    while True:
        with ctx.reading() as session:
            rows = session.execute(_PRODUCTS, given(ctx, after=after)).all()
        for r in rows:
            slugs = dict(line.split("=", 1) for line in (r.slugs or "").split())
            yield ProductAddress(r.handle, r.updated_at, slugs, r.media)
        if len(rows) < BATCH:
            return
        after = rows[-1].id


def _last_of(ctx: Context, count: int) -> int:
    """The id of the last of the first `count`; of fewer, one that none is above."""
    with ctx.reading() as session:
        found = session.scalar(_NTH, given(ctx, skipped=count - 1))
    return BEYOND if found is None else int(found)


def category_addresses(ctx: Context) -> dict[int, dict[str, str]]:
    """id → locale → path."""
    found: dict[int, dict[str, str]] = {}
    with ctx.reading() as session:
        for row in session.execute(_PATHS):
            found.setdefault(row.id, {})[row.locale] = row.path
    return found
