"""A customer's rights over their wish list. A visitor's list names nobody."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import col

from marketry import Context
from marketry.commerce.people import CustomerBook
from marketry_wishlist.models import List, Wish


def export_list(ctx: Context, who: str) -> Mapping[str, Any]:
    kept = _of(ctx, who)
    if kept is None:
        return {}
    wishes = ctx.session.scalars(select(Wish).where(col(Wish.list_id) == kept.id).order_by(col(Wish.id)))
    return {"wishes": [{"product": w.product, "sku": w.sku, "added_at": w.added_at.isoformat()} for w in wishes]}


def erase_list(ctx: Context, who: str) -> int:
    kept = _of(ctx, who)
    if kept is None:
        return 0
    rows = list(ctx.session.scalars(delete(Wish).where(col(Wish.list_id) == kept.id).returning(col(Wish.id))))
    ctx.session.delete(kept)
    ctx.session.flush()
    return len(rows) + 1


def _of(ctx: Context, who: str) -> List | None:
    book = ctx.service(CustomerBook)  # type: ignore[type-abstract]
    customer = book.by_email(ctx, who) if book is not None else None
    if customer is None:
        return None
    return ctx.session.scalars(select(List).where(col(List.customer) == customer.id)).first()
