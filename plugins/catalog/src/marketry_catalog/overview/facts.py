"""What lists know of products, read from the catalogue's tables a few thousand at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from marketry_catalog.models.attributes import attribute, attribute_value
from marketry_catalog.models.categories import category_product
from marketry_catalog.models.products import group_range, price_range, product, variant
from marketry_catalog.queries.visible import buyable

PART = 2_000
RESERVED = frozenset({"category", "price", "sale", "available", "published", "buyable"})  # options of these names are no facets
_PRODUCTS: Any = bindparam("products", expanding=True)
_BASE = select(
    product.c.id,
    product.c.handle,
    product.c.title,
    product.c.options,
    product.c.published,
    product.c.publish_at,
    product.c.publish_until,
    buyable().label("buyable"),
).where(product.c.id.in_(_PRODUCTS))
_PLACES = select(category_product.c.product_id, category_product.c.category_id, category_product.c.rank).where(
    category_product.c.product_id.in_(_PRODUCTS)
)
_OPTIONS = select(variant.c.product_id, variant.c.options).where(variant.c.product_id.in_(_PRODUCTS), variant.c.active).distinct()
_VALUES = (
    select(attribute_value.c.product_id, attribute.c.code, attribute_value.c.choice, attribute_value.c.number)
    .join(attribute, attribute.c.id == attribute_value.c.attribute_id)
    .where(attribute_value.c.product_id.in_(_PRODUCTS), attribute.c.filterable, attribute.c.kind != "text")
)
_PRICES = select(price_range.c.product_id, price_range.c.currency, price_range.c.lowest, price_range.c.compare_at).where(
    price_range.c.product_id.in_(_PRODUCTS)
)
_GROUPS = select(group_range.c.product_id, group_range.c.price_group, group_range.c.currency, group_range.c.lowest).where(
    group_range.c.product_id.in_(_PRODUCTS)
)
_BUYABLE = select(product.c.id, buyable().label("buyable")).where(product.c.id.in_(_PRODUCTS))


@dataclass(slots=True)
class Facts:
    """`sets` names the sets that the product is in, `numbers` what it is measured by (`("price", "EUR")` in minor units,
    `("price", "EUR", "trade")` for a price group), `offered` its options as stored."""

    id: int
    handle: str
    titles: Mapping[str, str]
    rank: int
    window: tuple[datetime | None, datetime | None] | None
    offered: Sequence[Mapping[str, Any]]
    sets: set[tuple[str, ...]] = field(default_factory=set)
    numbers: dict[tuple[str, ...], int] = field(default_factory=dict)


def read_facts(session: Session, products: Sequence[int]) -> list[Facts]:
    """In order of id; those that are no more are left out."""
    given = {"products": list(products)}
    found = {row.id: _base(row) for row in session.execute(_BASE, given)}
    r: Any
    for r in session.execute(_PLACES, given):
        found[r.product_id].sets.add(("category", str(r.category_id)))
        found[r.product_id].rank = r.rank
    for r in session.execute(_OPTIONS, given):
        found[r.product_id].sets.update((code, value) for code, value in r.options.items() if code not in RESERVED)
    for r in session.execute(_VALUES, given):
        if r.choice is not None:
            found[r.product_id].sets.add((r.code, r.choice))
        elif r.number is not None:
            found[r.product_id].numbers["number", r.code] = r.number
    for r in session.execute(_PRICES, given):
        found[r.product_id].numbers["price", r.currency] = r.lowest
        if r.compare_at is not None:
            found[r.product_id].sets.add(("sale", r.currency))
    for r in session.execute(_GROUPS, given):
        found[r.product_id].numbers["price", r.currency, r.price_group] = r.lowest
    return [found[i] for i in sorted(found)]


def read_buyable(session: Session, products: Sequence[int]) -> dict[int, bool]:
    return {r.id: bool(r.buyable) for r in session.execute(_BUYABLE, {"products": list(products)})}


def _base(row: Any) -> Facts:
    windowed = row.publish_at is not None or row.publish_until is not None
    facts = Facts(row.id, row.handle, row.title, row.id, (row.publish_at, row.publish_until) if windowed else None, row.options)
    if row.published:
        facts.sets.add(("published",))
    if row.buyable:
        facts.sets.add(("buyable",))
    return facts
