"""A customer's rights over their wish list. A visitor's list names nobody."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import col

from marketry import Context
from marketry_wishlist.models import List, Wish


def export_list(ctx: Context, customer: str) -> Mapping[str, Any]:
    kept = _of(ctx, customer)
    if kept is None:
        return {}
    wishes = ctx.session.scalars(select(Wish).where(col(Wish.list_id) == kept.id).order_by(col(Wish.id)))
    return {"wishes": [{"product": w.product, "sku": w.sku, "added_at": w.added_at.isoformat()} for w in wishes]}


def erase_list(ctx: Context, customer: str) -> int:
    kept = _of(ctx, customer)
    if kept is None:
        return 0
    rows = list(ctx.session.scalars(delete(Wish).where(col(Wish.list_id) == kept.id).returning(col(Wish.id))))
    ctx.session.delete(kept)
    ctx.session.flush()
    return len(rows) + 1


def _of(ctx: Context, customer: str) -> List | None:
    return ctx.session.scalars(select(List).where(col(List.customer) == customer)).first() if customer else None
