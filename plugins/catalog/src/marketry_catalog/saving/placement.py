"""Which categories a product is in, and so in all above them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session

from marketry_catalog.domain.tree import ancestors
from marketry_catalog.models.categories import category, category_product
from marketry_catalog.saving.changes import mark_changed

_FORGET = delete(category_product).where(category_product.c.product_id.in_(bindparam("products", expanding=True)))
_DIRECT = (
    select(category_product.c.product_id, category_product.c.category_id, category_product.c.rank)
    .where(category_product.c.direct)
    .order_by(category_product.c.product_id, category_product.c.place)
)


def parents_of(session: Session) -> dict[int, int | None]:
    """Every category with the one above it."""
    return {r.id: r.parent_id for r in session.execute(select(category.c.id, category.c.parent_id))}


def place_products(session: Session, placed: Mapping[int, Sequence[int]], ranks: Mapping[int, int]) -> None:
    """Put products (by id) into categories, the main one first; `ranks` order them within (default: their id)."""
    if not placed:
        return
    mark_changed(session, list(placed))
    parents = parents_of(session)
    rows = [row for of, direct in placed.items() for row in _rows(of, direct, ranks.get(of, of), parents)]
    session.execute(_FORGET, {"products": list(placed)})
    if rows:
        session.execute(insert(category_product), rows)


def replace_all(session: Session) -> None:
    """After the tree has changed: the same direct places, the ancestors anew. A thousand products at a time."""
    placed: dict[int, list[int]] = {}
    ranks: dict[int, int] = {}
    for row in session.execute(_DIRECT).all():
        placed.setdefault(row.product_id, []).append(row.category_id)
        ranks[row.product_id] = row.rank
    products = list(placed)
    for start in range(0, len(products), 1_000):
        part = products[start : start + 1_000]
        place_products(session, {p: placed[p] for p in part}, ranks)


def _rows(of: int, direct: Sequence[int], rank: int, parents: Mapping[int, int | None]) -> list[dict[str, Any]]:
    above = {a for c in direct for a in ancestors(c, parents)} - set(direct)
    common = {"product_id": of, "rank": rank}
    own = [{**common, "category_id": c, "direct": True, "place": place} for place, c in enumerate(direct)]
    return own + [{**common, "category_id": c, "direct": False, "place": 0} for c in sorted(above)]
