"""What other plugins may import: finding products and following what becomes of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from marketry import Context
from marketry.database import in_locale
from marketry_catalog.domain.asking import Question
from marketry_catalog.domain.filters import LIST_PARAMETERS, SEARCH_PARAMETERS
from marketry_catalog.models.products import product, variant
from marketry_catalog.queries.alike import alike
from marketry_catalog.queries.cards import Card, cards_by_handles, given
from marketry_catalog.queries.visible import current_slug
from marketry_catalog.search.engine import Document, FindsIds, Rebuilt, SearchEngine

__all__ = [
    "LIST_PARAMETERS",
    "SEARCH_PARAMETERS",
    "Card",
    "Document",
    "FindsIds",
    "ProductReference",
    "Question",
    "Rebuilt",
    "SearchEngine",
    "alike",
    "cards_by_handles",
    "is_empty",
    "products_by_handle",
    "products_by_sku",
    "skus_by_handle",
]


@dataclass(frozen=True, slots=True)
class ProductReference:
    """A product to refer to: keep `handle`, which never changes; `title` and `url` are of now and of `ctx.locale`."""

    handle: str
    title: str
    url: str


_REFERENCE = select(product.c.handle, product.c.title, current_slug().label("slug"))
_BY_HANDLE = _REFERENCE.where(product.c.handle.in_(bindparam("handles", expanding=True)))
_BY_SKU = (
    _REFERENCE.add_columns(variant.c.sku)
    .join(variant, variant.c.product_id == product.c.id)
    .where(variant.c.sku.in_(bindparam("skus", expanding=True)))
)


def products_by_handle(ctx: Context, handles: Sequence[str]) -> Mapping[str, ProductReference]:
    """The products among `handles`, shown or not. Call it inside a session."""
    rows = ctx.session.execute(_BY_HANDLE, given(ctx, handles=list(handles)))
    return {r.handle: _reference(ctx, r.handle, r.title, r.slug) for r in rows}


def products_by_sku(ctx: Context, skus: Sequence[str]) -> Mapping[str, ProductReference]:
    """The product of each SKU, shown or not. Call it inside a session."""
    rows = ctx.session.execute(_BY_SKU, given(ctx, skus=list(skus)))
    return {r.sku: _reference(ctx, r.handle, r.title, r.slug) for r in rows}


_SKUS = (
    select(product.c.handle, variant.c.sku)
    .join(variant, variant.c.product_id == product.c.id)
    .where(product.c.handle.in_(bindparam("handles", expanding=True)), variant.c.active)
    .order_by(product.c.handle, variant.c.position, variant.c.id)
)


def skus_by_handle(ctx: Context, handles: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """The numbers under which each product is sold, in the order in which they are offered. Call it inside a session."""
    found: dict[str, list[str]] = {}
    for row in ctx.session.execute(_SKUS, {"handles": list(handles)}):
        found.setdefault(row.handle, []).append(row.sku)
    return found


def is_empty(ctx: Context) -> bool:
    """Whether the catalogue has no product at all."""
    with ctx.reading() as session:
        return session.execute(select(product.c.id).limit(1)).first() is None


def _reference(ctx: Context, handle: str, title: Mapping[str, str], slug: str) -> ProductReference:
    return ProductReference(handle, in_locale(title, ctx.locale, ctx.site.locales[0]), f"/products/{slug}")
