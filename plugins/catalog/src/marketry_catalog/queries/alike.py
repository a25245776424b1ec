"""Products that resemble one: of its categories, those with most of its tags first."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from marketry import Context
from marketry_catalog.models.categories import category_product
from marketry_catalog.models.products import product
from marketry_catalog.queries.cards import Card, cards_by_ids, given
from marketry_catalog.queries.visible import shown

CANDIDATES = 60  # the newest of its categories; a category of a thousand isn't read for four cards

_ITS_CATEGORIES = (
    select(category_product.c.category_id)
    .join(product, product.c.id == category_product.c.product_id)
    .where(product.c.handle == bindparam("handle"))
)
_NEIGHBOURS = (
    select(product.c.id, product.c.tags)
    .where(
        product.c.id.in_(select(category_product.c.product_id).where(category_product.c.category_id.in_(_ITS_CATEGORIES))),
        product.c.handle != bindparam("handle"),
        shown(),
    )
    .order_by(product.c.created_at.desc(), product.c.id.desc())
    .limit(CANDIDATES)
)
_TAGS = select(product.c.tags).where(product.c.handle == bindparam("handle"))


def alike(ctx: Context, handle: str, limit: int) -> list[Card]:
    """At most `limit` cards; none for a product without a category. Call it inside a session."""
    tags = set(ctx.session.scalar(_TAGS, {"handle": handle}) or ())
    rows = ctx.session.execute(_NEIGHBOURS, given(ctx, handle=handle)).all()
    nearest: Sequence[int] = [row.id for row in sorted(rows, key=lambda row: -len(tags.intersection(row.tags)))]
    return cards_by_ids(ctx, nearest[:limit])
