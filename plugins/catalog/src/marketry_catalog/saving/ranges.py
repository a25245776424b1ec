"""The price ranges of a product follow the prices of its active variants, for everybody and for each price group."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session

from marketry_catalog.models.products import group_price, group_range, price, price_range, variant
from marketry_catalog.saving.changes import mark_changed

_PRICES = (
    select(variant.c.product_id, variant.c.id, price.c.currency, price.c.amount, price.c.compare_at)
    .join(price, price.c.variant_id == variant.c.id)
    .where(variant.c.product_id.in_(bindparam("products", expanding=True)), variant.c.active)
)
_OF_GROUPS = (
    select(variant.c.product_id, variant.c.id, group_price.c.price_group, group_price.c.currency, group_price.c.amount)
    .join(group_price, group_price.c.variant_id == variant.c.id)
    .where(variant.c.product_id.in_(bindparam("products", expanding=True)), variant.c.active)
)
_FORGET_GROUPS = delete(group_range).where(group_range.c.product_id.in_(bindparam("products", expanding=True)))
_FORGET = delete(price_range).where(price_range.c.product_id.in_(bindparam("products", expanding=True)))


def renew_ranges(session: Session, products: Sequence[int]) -> None:
    """Recompute them; `compare_at` is that of the cheapest variant."""
    if not products:
        return
    mark_changed(session, products)
    found: dict[tuple[int, str], dict[str, Any]] = {}
    rows = session.execute(_PRICES, {"products": list(products)}).all()
    for row in rows:
        known = found.setdefault(
            (row.product_id, row.currency),
            {
                "product_id": row.product_id,
                "currency": row.currency,
                "lowest": row.amount,
                "highest": row.amount,
                "compare_at": row.compare_at,
            },
        )
        if row.amount < known["lowest"]:
            known |= {"lowest": row.amount, "compare_at": row.compare_at}
        known["highest"] = max(known["highest"], row.amount)
    session.execute(_FORGET, {"products": list(products)})
    if found:
        session.execute(insert(price_range), list(found.values()))
    _renew_of_groups(session, products, rows)


def _renew_of_groups(session: Session, products: Sequence[int], everybodys: Sequence[Any]) -> None:
    """A variant without a price of the group costs its customers what it costs everybody."""
    session.execute(_FORGET_GROUPS, {"products": list(products)})
    amounts: dict[tuple[int, str, str], dict[int, int]] = {}
    for row in session.execute(_OF_GROUPS, {"products": list(products)}):
        amounts.setdefault((row.product_id, row.price_group, row.currency), {})[row.id] = row.amount
    if not amounts:
        return
    of_everybody: dict[tuple[int, str], dict[int, int]] = {}
    for row in everybodys:
        of_everybody.setdefault((row.product_id, row.currency), {})[row.id] = row.amount
    for (product, group, currency), own in amounts.items():
        amounts[product, group, currency] = {**of_everybody.get((product, currency), {}), **own}
    ranges = [
        {"product_id": product, "price_group": group, "currency": currency, "lowest": min(a.values()), "highest": max(a.values())}
        for (product, group, currency), a in amounts.items()
    ]
    session.execute(insert(group_range), ranges)
