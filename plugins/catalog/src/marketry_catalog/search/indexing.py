"""Keeping the search index beside the products: what was changed is marked, a job indexes what is marked."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select, update

from marketry import Context
from marketry.database import UTCDateTime, in_locale
from marketry.hookspecs import goods
from marketry_catalog.domain.options import read_options
from marketry_catalog.models.categories import category, category_product
from marketry_catalog.models.products import product, variant
from marketry_catalog.search.engine import Document
from marketry_catalog.search.finding import engine_of

BATCH = 200
_names = (
    select(category_product.c.product_id, category_product.c.category_id, category.c.name)
    .join(category, category.c.id == category_product.c.category_id)
    .where(category_product.c.product_id.in_(bindparam("products", expanding=True)))
)
_WAITING = (
    select(
        product.c.id,
        product.c.handle,
        product.c.title,
        product.c.summary,
        product.c.description,
        product.c.materials,
        product.c.tags,
        product.c.options,
        product.c.updated_at,
        select(func.aggregate_strings(variant.c.sku, " "))
        .where(variant.c.product_id == product.c.id)
        .correlate(product)
        .scalar_subquery()
        .label("skus"),
    )
    .where(product.c.indexed_at.is_(None))
    .order_by(product.c.id)
    .limit(BATCH)
)
# What was changed again meanwhile stays marked.
_DONE = (
    update(product)
    .where(product.c.id == bindparam("row"), product.c.updated_at == bindparam("seen", type_=UTCDateTime()))
    .values(indexed_at=bindparam("at", type_=UTCDateTime()))
)


def index_marked(ctx: Context, payload: Mapping[str, Any] | None = None) -> None:
    """Index every marked product, 200 to a transaction."""
    while True:
        with ctx.writing() as session:
            rows = session.execute(_WAITING).all()
            if not rows:
                return
            _index(ctx, rows)
            ctx.purge("search")
            session.connection().execute(_DONE, [{"row": r.id, "seen": r.updated_at, "at": ctx.now()} for r in rows])


def _index(ctx: Context, rows: Sequence[Any]) -> None:
    places: dict[int, dict[int, Mapping[str, str]]] = {}
    for r in ctx.session.execute(_names, {"products": [r.id for r in rows]}):
        places.setdefault(r.product_id, {})[r.category_id] = r.name
    skus = [sku for r in rows for sku in (r.skus or "").split()]
    more: dict[str, str] = {}
    for answer in ctx.hooks.each(goods.search_documents, ctx, skus):
        for sku, words in answer.value.items():
            more[sku] = f"{more.get(sku, '')} {words}"
    engine_of(ctx).index(
        ctx, [_document(ctx, row, locale, places.get(row.id, {}), more) for row in rows for locale in ctx.site.locales]
    )


def _document(ctx: Context, row: Any, locale: str, places: Mapping[int, Mapping[str, str]], more: Mapping[str, str]) -> Document:
    fallback = ctx.site.locales[0]
    options = [in_locale(v.label, locale, fallback) for o in read_options(row.options) for v in o.values]
    texts = [in_locale(texts, locale, fallback) for texts in (row.summary, row.materials, row.description, *places.values())]
    skus = (row.skus or "").split()
    body = " ".join([*options, *row.tags, *skus, *texts, *(more.get(sku, "") for sku in skus)])
    return Document(row.handle, locale, in_locale(row.title, locale, fallback), body, tuple(sorted(places)))
