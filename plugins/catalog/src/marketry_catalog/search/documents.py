"""Products as the search engine is given them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select

from marketry import Context
from marketry.database import in_locale
from marketry.hookspecs import goods
from marketry_catalog.domain.options import read_options
from marketry_catalog.models.attributes import attribute, attribute_value
from marketry_catalog.models.categories import category, category_product
from marketry_catalog.models.products import product, variant
from marketry_catalog.search.engine import Document

_PRODUCTS: Any = bindparam("products", expanding=True)
ROWS = select(
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
_NAMES = (
    select(category_product.c.product_id, category.c.name)
    .join(category, category.c.id == category_product.c.category_id)
    .where(category_product.c.product_id.in_(_PRODUCTS))
    .order_by(category.c.id)
)
_VALUES = (
    select(attribute_value.c.product_id, attribute_value.c.text, attribute_value.c.choice, attribute.c.choices)
    .join(attribute, attribute.c.id == attribute_value.c.attribute_id)
    .where(attribute_value.c.product_id.in_(_PRODUCTS), attribute.c.kind.in_(["text", "choice"]))
    .order_by(attribute.c.position, attribute.c.id)
)


def documents_of(ctx: Context, rows: Sequence[Any]) -> list[Document]:
    """Of rows that ROWS selects, one in each locale."""
    given = {"products": [row.id for row in rows]}
    r: Any
    names: dict[int, list[Mapping[str, str]]] = {}
    for r in ctx.session.execute(_NAMES, given):
        names.setdefault(r.product_id, []).append(r.name)
    values: dict[int, list[Mapping[str, str]]] = {}
    for r in ctx.session.execute(_VALUES, given):
        text = r.text or next((c["label"] for c in r.choices or () if c["code"] == r.choice), None)
        if text:
            values.setdefault(r.product_id, []).append(text)
    more = _further_words(ctx, [sku for r in rows for sku in (r.skus or "").split()])
    return [
        _document(ctx, row, locale, names.get(row.id, ()), values.get(row.id, ()), more)
        for row in rows
        for locale in ctx.site.locales
    ]


def _further_words(ctx: Context, skus: Sequence[str]) -> Mapping[str, str]:
    """What other plugins add, by SKU."""
    more: dict[str, str] = {}
    for answer in ctx.hooks.each(goods.search_documents, ctx, skus):
        for sku, words in answer.value.items():
            more[sku] = f"{more.get(sku, '')} {words}"
    return more


def _document(
    ctx: Context,
    row: Any,
    locale: str,
    names: Sequence[Mapping[str, str]],
    values: Sequence[Mapping[str, str]],
    more: Mapping[str, str],
) -> Document:
    fallback = ctx.site.locales[0]

    def own(texts: Mapping[str, str]) -> str:
        return in_locale(texts, locale, fallback)

    skus = (row.skus or "").split()
    options = [own(v.label) for o in read_options(row.options) for v in o.values]
    joined = [sku.replace("-", "").replace("_", "").replace(".", "") for sku in skus]
    tags = [*row.tags, *map(own, names), *options, *skus, *joined, *map(own, values)]
    body = [own(row.materials), own(row.description), *(more.get(sku, "") for sku in skus)]
    return Document(row.handle, locale, own(row.title), " ".join(tags), own(row.summary), " ".join(body))
