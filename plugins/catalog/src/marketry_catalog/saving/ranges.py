"""The price range of a product follows the prices of its active variants."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session

from marketry_catalog.models.products import price, price_range, variant
from marketry_catalog.saving.changes import mark_changed

_PRICES = (
    select(variant.c.product_id, price.c.currency, price.c.amount, price.c.compare_at)
    .join(price, price.c.variant_id == variant.c.id)
    .where(variant.c.product_id.in_(bindparam("products", expanding=True)), variant.c.active)
)
_FORGET = delete(price_range).where(price_range.c.product_id.in_(bindparam("products", expanding=True)))


def renew_ranges(session: Session, products: Sequence[int]) -> None:
    """Recompute them; `compare_at` is that of the cheapest variant."""
    if not products:
        return
    mark_changed(session, products)
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for row in session.execute(_PRICES, {"products": list(products)}):
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
