"""Finding orders by what staff have at hand: a number, an e-mail address, a name's beginning, a SKU."""

from typing import Any

from sqlalchemy import Select, select

from marketry import Context, Money
from marketry.web.values import Hit
from marketry_orders.models import Order, OrderLine

MOST = 500
MOST_HITS = 10
LAST_CODE_POINT = "\U0010ffff"
_c = Order.__table__.c  # type: ignore[attr-defined]
_lines = OrderLine.__table__.c  # type: ignore[attr-defined]


def found_ids(ctx: Context, q: str) -> list[int]:
    """Row ids of the newest orders that fit `q`, at most MOST per way of looking; each way walks one index."""
    ids: set[int] = set()
    for statement in _ways(q.strip()):
        ids.update(ctx.session.scalars(statement.limit(MOST)))
    return sorted(ids)


def _ways(q: str) -> list[Select[Any]]:
    newest = (_c.placed_at.desc(), _c.id.desc())
    start = q.lower()
    if "@" in q:
        return [select(_c.id).where(_c.email == start).order_by(*newest)]
    by_sku = select(_lines.order_id).where(_lines.sku == q).order_by(_lines.order_id.desc())
    return [
        select(_c.id).where(_c.number == q.lstrip("#").upper()),
        by_sku,
        select(_c.id).where(_c.name_key >= start, _c.name_key < start + LAST_CODE_POINT).order_by(_c.name_key, *newest),
    ]


def search_hits(ctx: Context, q: str) -> list[Hit]:
    """For the back office's search, for those who may see orders."""
    if not q or not ctx.allows("orders.order.read"):
        return []
    ids = found_ids(ctx, q)[-MOST:]
    shown = select(_c.number, _c.customer_name, _c.total, _c.currency).where(_c.id.in_(ids))
    rows = ctx.session.execute(shown.order_by(_c.placed_at.desc(), _c.id.desc()).limit(MOST_HITS))
    return [
        Hit(
            ctx.gettext("Order %(number)s", number=row.number),
            f"/admin/orders/{row.number}",
            ctx.gettext("Order"),
            f"{row.customer_name} · {ctx.money(Money(row.total, row.currency))}".strip(" ·"),
        )
        for row in rows
    ]
