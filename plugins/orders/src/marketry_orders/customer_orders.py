"""A customer's own orders, newest first: keyset pages over the index of customer and time, found by the beginning of a number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, tuple_

from marketry import Context, Money
from marketry.database.keyset import make_cursor, read_cursor
from marketry.web.values import Page
from marketry_orders.domain.numbers import ALPHABET
from marketry_orders.models import Order, OrderLine

PAGE = 10
SHOWN_LINES = 3
_orders, _lines = Order.__table__, OrderLine.__table__  # type: ignore[attr-defined]
_c = _orders.c
_KEY = (_c.placed_at, _c.id)
_COLUMNS = (
    _c.id, _c.number, _c.placed_at, _c.total, _c.currency, _c.status, _c.payment_status, _c.fulfilment_status,
)  # fmt: skip
_OF_ORDERS = (
    select(_lines.c.order_id, _lines.c.title, _lines.c.quantity, _lines.c.picture)
    .where(_lines.c.order_id.in_(bindparam("orders", expanding=True)))
    .order_by(_lines.c.order_id, _lines.c.position)
)


@dataclass(frozen=True, slots=True)
class OwnOrder:
    """An order in its buyer's list: `goods` are the first lines, `more` how many lines follow, `units` all that was bought."""

    number: str
    placed_at: datetime
    total: Money
    status: str
    payment: str
    fulfilment: str
    goods: Sequence[Any]
    more: int
    units: int


def own_orders(ctx: Context, customer: str, *, q: str = "", cursor: str | None = None, limit: int = PAGE) -> Page:
    """One page of `OwnOrder`s; `q` is an order's number or its beginning. Inside `ctx.reading()`."""
    statement = select(*_COLUMNS).where(_c.customer == customer)
    prefix = q.strip().upper()
    if prefix:
        if any(letter not in ALPHABET for letter in prefix):
            return Page(())
        statement = statement.where(_c.number >= prefix, _c.number < prefix + "\u00ff")
    backwards, keys = read_cursor(cursor, list(_KEY)) if cursor else (False, None)
    if keys is not None:
        here, there = tuple_(*_KEY), tuple_(*keys, types=[c.type for c in _KEY])
        statement = statement.where(here > there if backwards else here < there)
    statement = statement.order_by(*(c.asc() if backwards else c.desc() for c in _KEY)).limit(limit + 1)
    found = ctx.session.execute(statement).all()
    more, rows = len(found) > limit, list(found[:limit])
    if backwards:
        rows.reverse()
    onward = rows and (more or backwards)
    back = rows and (more if backwards else cursor)
    return Page(
        _told(ctx, rows),
        next_cursor=make_cursor("n", (rows[-1].placed_at, rows[-1].id)) if onward else None,
        previous_cursor=make_cursor("p", (rows[0].placed_at, rows[0].id)) if back else None,
    )


def _told(ctx: Context, rows: Sequence[Any]) -> list[OwnOrder]:
    """The rows with their goods: one statement for all of them."""
    goods: Mapping[int, list[Any]] = {row.id: [] for row in rows}
    if rows:
        for line in ctx.session.execute(_OF_ORDERS, {"orders": [row.id for row in rows]}):
            goods[line.order_id].append(line)
    return [
        OwnOrder(
            row.number, row.placed_at, Money(row.total, row.currency), row.status, row.payment_status, row.fulfilment_status,
            goods[row.id][:SHOWN_LINES], max(0, len(goods[row.id]) - SHOWN_LINES), sum(line.quantity for line in goods[row.id]),
        )
        for row in rows
    ]  # fmt: skip
