"""Pages by key instead of OFFSET: the same cost at any depth, and nothing shown twice when rows are added.

The columns of `order` must be NOT NULL, end in a unique one, and be covered by an index in that order.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from marketry.problems import Refused, invalid
from marketry.web.values import Page

Direction = Literal["asc", "desc"]
Order = Sequence[tuple[Any, Direction]]
COUNT_CAP = 10_000


def paginate(session: Session, statement: Select[Any], *, order: Order, cursor: str | None = None, limit: int = 24) -> Page:
    """One page of `statement`, at most `limit` rows, after (or before) what `cursor` names.

    Items are scalars where one thing is selected, rows otherwise. Refuses (422, `cursor`) what is no cursor of this list.
    """
    columns = [column for column, _ in order]
    backwards, values = _parse(cursor, columns) if cursor else (False, None)
    directions: list[Direction] = [_flip(d) if backwards else d for _, d in order]
    if values is not None:
        statement = statement.where(_beyond(columns, directions, values))
    keyed = statement.add_columns(*(c.label(f"keyset_{i}") for i, c in enumerate(columns))).order_by(None)
    keyed = keyed.order_by(*(c.desc() if d == "desc" else c.asc() for c, d in zip(columns, directions, strict=True)))
    result = session.execute(keyed.limit(limit + 1))
    names = list(result.keys())[: -len(columns)]
    rows = result.all()
    more, rows = len(rows) > limit, rows[:limit]
    if backwards:
        rows = rows[::-1]
    return Page(
        items=_items(names, rows),
        next_cursor=_cursor("n", rows[-1][-len(columns) :]) if rows and (more or backwards) else None,
        previous_cursor=_cursor("p", rows[0][-len(columns) :]) if rows and (more if backwards else cursor) else None,
    )


def capped_count(session: Session, statement: Select[Any], cap: int = COUNT_CAP) -> tuple[int, bool]:
    """How many rows `statement` has, counting no further than `cap`; the second value says that there are more."""
    inner = statement.order_by(None).limit(cap + 1).subquery()
    counted = session.execute(select(func.count()).select_from(inner)).scalar_one()
    return min(counted, cap), counted > cap


def _items(names: list[str], rows: Sequence[Any]) -> Sequence[Any]:
    if len(names) == 1:
        return [row[0] for row in rows]
    width = len(names)
    return IteratorResult(SimpleResultMetaData(names), iter([tuple(row)[:width] for row in rows])).all()


def _flip(direction: Direction) -> Direction:
    return "asc" if direction == "desc" else "desc"


def _beyond(columns: list[Any], directions: list[Direction], values: list[Any]) -> ColumnElement[bool]:
    """A row comparison where all columns run one way (it uses the index whole), else its expansion."""
    if len(set(directions)) == 1:
        left, right = tuple_(*columns), tuple_(*values, types=[c.type for c in columns])
        return left < right if directions[0] == "desc" else left > right
    branches = []
    for i, (column, direction) in enumerate(zip(columns, directions, strict=True)):
        further = column < values[i] if direction == "desc" else column > values[i]
        branches.append(and_(*(c == v for c, v in zip(columns[:i], values[:i], strict=True)), further))
    return or_(*branches)


def _cursor(way: str, values: Sequence[Any]) -> str:
    plain = [v.isoformat() if isinstance(v, date) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps([way, *plain], separators=(",", ":")).encode()).decode().rstrip("=")


def _parse(cursor: str, columns: list[Any]) -> tuple[bool, list[Any]]:
    try:
        way, *values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if way not in ("n", "p") or len(values) != len(columns):
            raise ValueError(cursor)
        return way == "p", [_typed(value, _python_type(column)) for value, column in zip(values, columns, strict=True)]
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise _bad_cursor() from None


def _python_type(column: Any) -> type:
    """`type.python_type`, which a TypeDecorator leaves to the type it decorates."""
    return (column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type).python_type


def _typed(value: Any, wanted: type) -> Any:
    if wanted is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment
    if wanted is date:
        return date.fromisoformat(value)
    if type(value) is not wanted or (isinstance(value, int) and not -(2**63) <= value < 2**63):
        raise ValueError(value)
    if isinstance(value, str) and "\x00" in value:  # PostgreSQL has no NUL in text
        raise ValueError(value)
    return value


def _bad_cursor() -> Refused:
    return invalid("bad_cursor", "This page address is not valid any more. Start from the first page.", "cursor")


# For pages whose statements are built once: the cursor of the first or last row's keys ("n" onward, "p" back), and its reading,
# (backwards, keys), which refuses (422, `cursor`) what is no cursor of these columns.
make_cursor, read_cursor = _cursor, _parse
