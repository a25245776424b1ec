"""An order as its buyer sees it, on the page and over JSON: read by columns, a statement per table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from marketry import Context
from marketry.commerce.money import Money
from marketry.commerce.payment import Action
from marketry.hookspecs.fulfilment import carriers
from marketry.problems import not_found
from marketry_orders.models import (
    Fulfilment,
    FulfilmentLine,
    Order,
    OrderAdjustment,
    OrderGroup,
    OrderLine,
    OrderTaxLine,
    Payment,
    TimelineEntry,
)

Row = Any
_MODELS: tuple[Any, ...] = (
    Order, OrderLine, OrderAdjustment, OrderTaxLine, OrderGroup, Payment, Fulfilment, FulfilmentLine, TimelineEntry,
)  # fmt: skip
_order, _line, _adjustment, _tax, _group, _payment, _parcel, _parcel_line, _entry = (model.__table__ for model in _MODELS)
_ORDER = select(_order).where(_order.c.number == bindparam("number"))
_LINES = select(_line).where(_line.c.order_id == bindparam("order")).order_by(_line.c.position)
_ADJUSTMENTS = select(_adjustment).where(_adjustment.c.order_id == bindparam("order")).order_by(_adjustment.c.position)
_TAXES = select(_tax).where(_tax.c.order_id == bindparam("order")).order_by(_tax.c.position)
_GROUPS = select(_group).where(_group.c.order_id == bindparam("order")).order_by(_group.c.id)
_PAYMENTS = select(_payment).where(_payment.c.order_id == bindparam("order")).order_by(_payment.c.position, _payment.c.id)
_PARCELS = (
    select(_parcel)
    .where(_parcel.c.order_id == bindparam("order"), _parcel.c.state.in_(("shipped", "delivered", "returned")))
    .order_by(_parcel.c.created_at)
)
_PARCEL_LINES = (
    select(_parcel_line.c.fulfilment_id, _parcel_line.c.line_id, _parcel_line.c.quantity)
    .join(_parcel, _parcel.c.id == _parcel_line.c.fulfilment_id)
    .where(_parcel.c.order_id == bindparam("order"))
)
_ENTRIES = (
    select(_entry.c.kind, _entry.c.message, _entry.c.data, _entry.c.at)
    .where(_entry.c.order_id == bindparam("order"), _entry.c.public)
    .order_by(_entry.c.id)
)


@dataclass(frozen=True, slots=True)
class Shipment:
    """A parcel on its way: `tracking_url` where the carrier has a page to follow it."""

    row: Row
    carrier: str
    tracking_url: str | None
    lines: Sequence[tuple[Row, int]]


@dataclass(frozen=True, slots=True)
class OrderView:
    order: Row
    lines: Sequence[Row]
    adjustments: Sequence[Row]
    taxes: Sequence[Row]
    groups: Sequence[Row]
    payments: Sequence[Row]
    parcels: Sequence[Shipment]
    timeline: Sequence[Row]

    def money(self, minor: int) -> Money:
        """Minor units as money of this order."""
        return Money(minor, self.order.currency)

    def of_line(self, line: str) -> list[Row]:
        return [a for a in self.adjustments if a.line_id == line]

    @property
    def beside(self) -> list[Row]:
        """Adjustments of delivery and fees, which belong to no line."""
        return [a for a in self.adjustments if a.line_id is None]


def find_order(ctx: Context, number: str) -> Row:
    """The row of the order, or 404. Inside a session."""
    row = ctx.session.execute(_ORDER, {"number": number}).one_or_none()
    if row is None:
        raise no_order(ctx)
    return row


def no_order(ctx: Context) -> Exception:
    return not_found(ctx.gettext("There is no such order, or its link is wrong."), "order_not_found")


def payments_of(ctx: Context, order_id: int) -> Sequence[Row]:
    return ctx.session.execute(_PAYMENTS, {"order": order_id}).all()


def action_of(stored: Mapping[str, Any]) -> Action:
    """What the buyer does next, as it was stored with the payment."""
    expires_at = stored.get("expires_at")
    return Action(
        stored["kind"], stored.get("url", ""), stored.get("instructions") or {},
        datetime.fromisoformat(expires_at) if expires_at else None, stored.get("template", ""),
    )  # fmt: skip


def view_order(ctx: Context, order: Row) -> OrderView:
    """Everything of the order that its buyer may see. Inside a session."""
    run, of = ctx.session.execute, {"order": order.id}
    lines = run(_LINES, of).all()
    return OrderView(
        order, lines, run(_ADJUSTMENTS, of).all(), run(_TAXES, of).all(), run(_GROUPS, of).all(), run(_PAYMENTS, of).all(),
        _shipments(ctx, order.id, {line.id: line for line in lines}), run(_ENTRIES, of).all(),
    )  # fmt: skip


def _shipments(ctx: Context, order_id: int, lines: Mapping[str, Row]) -> list[Shipment]:
    parcels = ctx.session.execute(_PARCELS, {"order": order_id}).all()
    if not parcels:
        return []
    known = {carrier.code: carrier for carrier in ctx.runtime.collected(carriers)}
    contents = ctx.session.execute(_PARCEL_LINES, {"order": order_id}).all()
    shipments = []
    for parcel in parcels:
        carrier = known.get(parcel.carrier)
        url = carrier.tracking_url(ctx, parcel.tracking) if carrier and parcel.tracking else None
        inside = [(lines[c.line_id], c.quantity) for c in contents if c.fulfilment_id == parcel.id]
        shipments.append(Shipment(parcel, carrier.label if carrier else parcel.carrier, url, inside))
    return shipments
