"""All there is to know of one order, read at once: what staff see, what mails quote, what the packing slip lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from marketry import Context
from marketry.commerce.fulfilment import Carrier
from marketry.commerce.money import Money
from marketry.hookspecs.fulfilment import carriers
from marketry.problems import not_found
from marketry_orders.books import Books, books_of
from marketry_orders.models import (
    Allocation,
    Fulfilment,
    FulfilmentLine,
    Operation,
    Order,
    OrderAdjustment,
    OrderGroup,
    OrderHold,
    OrderLine,
    OrderTaxLine,
    Return,
    ReturnLine,
    TimelineEntry,
    Transaction,
)


@dataclass(frozen=True, slots=True)
class DossierLine:
    """A line with every reason of its price."""

    row: OrderLine
    adjustments: Sequence[OrderAdjustment]
    tax_lines: Sequence[OrderTaxLine]
    allocations: Sequence[Allocation]


@dataclass(frozen=True, slots=True)
class Parcel:
    row: Fulfilment
    lines: Sequence[tuple[OrderLine, int]]
    carrier: str
    tracking_url: str | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """`beside` are adjustments and taxes that belong to no line (delivery, fees)."""

    order: Order
    lines: Sequence[DossierLine]
    groups: Sequence[OrderGroup]
    beside: Sequence[OrderAdjustment]
    taxes_beside: Sequence[OrderTaxLine]
    books: Books
    transactions: Sequence[Transaction]
    operations: Sequence[Operation]
    parcels: Sequence[Parcel]
    returns: Sequence[tuple[Return, Sequence[tuple[OrderLine, int]]]]
    holds: Sequence[OrderHold]
    timeline: Sequence[TimelineEntry]

    def money(self, minor: int) -> Money:
        """Minor units as money of this order."""
        return Money(minor, self.order.currency)

    @property
    def active_holds(self) -> list[OrderHold]:
        return [hold for hold in self.holds if hold.lifted_at is None]


def order_numbered(ctx: Context, number: str) -> Order:
    order = ctx.session.scalars(select(Order).where(Order.number == number)).one_or_none()  # type: ignore[arg-type]
    if order is None:
        raise not_found(ctx.gettext("There is no such order."), "unknown_order")
    return order


def dossier_of(ctx: Context, number: str) -> Dossier:
    """One statement per table, whatever the order holds. 404 for a number that is none. Inside a unit of work."""
    order = order_numbered(ctx, number)
    rows = {model: ctx.session.scalars(statement, {"order": order.id}).all() for model, statement in _ROWS.items()}
    adjustments, tax_lines = rows[OrderAdjustment], rows[OrderTaxLine]
    lines = [
        DossierLine(
            line,
            [a for a in adjustments if a.line_id == line.id],
            [t for t in tax_lines if t.line_id == line.id],
            [a for a in rows[Allocation] if a.line_id == line.id],
        )
        for line in rows[OrderLine]
    ]
    by_id = {line.id: line for line in rows[OrderLine]}
    return Dossier(
        order,
        lines,
        rows[OrderGroup],
        [a for a in adjustments if a.line_id is None],
        [t for t in tax_lines if t.line_id is None],
        books_of(ctx, order),
        rows[Transaction],
        rows[Operation],
        parcels_of(ctx, rows[Fulfilment], by_id),
        _returns(ctx, rows[Return], by_id),
        rows[OrderHold],
        rows[TimelineEntry],
    )


_TABLES: dict[Any, tuple[Any, ...]] = {
    OrderLine: (OrderLine.position,),
    OrderAdjustment: (OrderAdjustment.position,),
    OrderTaxLine: (OrderTaxLine.position,),
    OrderGroup: (OrderGroup.id,),
    Allocation: (Allocation.stock_key, Allocation.location),
    Transaction: (Transaction.id,),
    Operation: (Operation.requested_at, Operation.id),
    Fulfilment: (Fulfilment.created_at, Fulfilment.id),
    Return: (Return.requested_at, Return.id),
    OrderHold: (OrderHold.id,),
    TimelineEntry: (TimelineEntry.id,),
}
_ROWS = {model: select(model).where(model.order_id == bindparam("order")).order_by(*by) for model, by in _TABLES.items()}


def parcels_of(ctx: Context, parcels: Sequence[Fulfilment], by_id: dict[str, OrderLine]) -> list[Parcel]:
    """Parcels with their lines, the carrier's name and the page to follow them on."""
    if not parcels:
        return []
    known: dict[str, Carrier] = {carrier.code: carrier for carrier in ctx.runtime.collected(carriers)}
    lines = ctx.session.scalars(
        select(FulfilmentLine).where(FulfilmentLine.fulfilment_id.in_([p.id for p in parcels])).order_by(FulfilmentLine.id)  # type: ignore[attr-defined,arg-type]
    ).all()
    found = []
    for parcel in parcels:
        carrier = known.get(parcel.carrier)
        url = carrier.tracking_url(ctx, parcel.tracking) if carrier and parcel.tracking else None
        mine = [(by_id[line.line_id], line.quantity) for line in lines if line.fulfilment_id == parcel.id]
        found.append(Parcel(parcel, mine, carrier.label if carrier else parcel.carrier, url))
    return found


def _returns(
    ctx: Context, returns: Sequence[Return], by_id: dict[str, OrderLine]
) -> list[tuple[Return, Sequence[tuple[OrderLine, int]]]]:
    if not returns:
        return []
    lines = ctx.session.scalars(
        select(ReturnLine).where(ReturnLine.return_id.in_([r.id for r in returns])).order_by(ReturnLine.id)  # type: ignore[attr-defined,arg-type]
    ).all()
    return [(r, [(by_id[line.line_id], line.quantity) for line in lines if line.return_id == r.id]) for r in returns]
