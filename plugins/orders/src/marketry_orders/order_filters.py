"""What the list of orders can be narrowed to, read from the URL and written back to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy import Select

from marketry import Context
from marketry.problems import invalid
from marketry_orders.domain.states import FulfilmentStatus, PaymentStatus, Status
from marketry_orders.models import Order

AXES: Mapping[str, tuple[Any, type[StrEnum]]] = {
    "status": (Order.status, Status),
    "payment": (Order.payment_status, PaymentStatus),
    "fulfilment": (Order.fulfilment_status, FulfilmentStatus),
}


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """`status`, `payment` and `fulfilment` are codes of which one must fit (empty: any); the period counts whole days in
    the site's time zone, both ends included."""

    q: str = ""
    status: tuple[str, ...] = ()
    payment: tuple[str, ...] = ()
    fulfilment: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    @property
    def query(self) -> str:
        """The same filter as it stands in a URL, without the question mark."""
        pairs = [(axis, code) for axis in AXES for code in getattr(self, axis)]
        days = [("since", self.since), ("until", self.until)]
        return urlencode([*([("q", self.q)] if self.q else []), *pairs, *((name, day.isoformat()) for name, day in days if day)])

    @property
    def active(self) -> bool:
        return bool(self.query)


def filter_from(ctx: Context, pairs: list[tuple[str, str]]) -> OrderFilter:
    """A filter from query parameters; several of one name or a comma mean "one of these". 422 names the bad one."""
    values = {axis: _codes(ctx, axis, pairs) for axis in AXES}
    last = dict(pairs)
    q = " ".join(last.get("q", "").replace("\0", "").split())[:200]
    return OrderFilter(q, since=_day(ctx, "since", last), until=_day(ctx, "until", last), **values)


def _codes(ctx: Context, axis: str, pairs: list[tuple[str, str]]) -> tuple[str, ...]:
    codes = [code for name, value in pairs if name == axis for code in value.split(",") if code]
    known = {str(code) for code in AXES[axis][1]}
    for code in codes:
        if code not in known:
            raise invalid("unknown_status", ctx.gettext("There is no such status. Choose one from the list."), axis)
    return tuple(dict.fromkeys(codes))


def _day(ctx: Context, name: str, values: Mapping[str, str]) -> date | None:
    if not values.get(name):
        return None
    try:
        return date.fromisoformat(values[name])
    except ValueError:
        raise invalid("bad_date", ctx.gettext("Write the date as 2026-03-31."), name) from None


def period(ctx: Context, wanted: OrderFilter) -> tuple[datetime | None, datetime | None]:
    """The first moment that counts and the first that doesn't, in UTC."""
    zone = ZoneInfo(ctx.site.timezone)

    def midnight(day: date) -> datetime:
        return datetime.combine(day, time(), zone).astimezone(UTC)

    try:
        end = midnight(wanted.until + timedelta(days=1)) if wanted.until else None
        return midnight(wanted.since) if wanted.since else None, end
    except OverflowError:
        raise invalid("bad_date", ctx.gettext("Write the date as 2026-03-31."), "until") from None


def narrowed(statement: Select[Any], since: datetime | None, until: datetime | None) -> Select[Any]:
    if since is not None:
        statement = statement.where(Order.placed_at >= since)  # type: ignore[arg-type]
    return statement.where(Order.placed_at < until) if until is not None else statement  # type: ignore[arg-type]
