"""Parcels: planned, packed, sent with a tracking number, delivered. Stock leaves with the parcel, never twice."""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from marketry import Context
from marketry.commerce.events import FulfilmentDelivered, FulfilmentShipped
from marketry.commerce.fulfilment import FulfilmentOrder, ParcelPlan
from marketry.commerce.stock import StockKeeper, StockSource
from marketry.crashpoints import reach
from marketry.hookspecs.fulfilment import plan_fulfilment
from marketry.problems import conflict, invalid, not_found
from marketry_orders.allocations import needs_of, reserved, use_up
from marketry_orders.books import books_of
from marketry_orders.domain.parcels import Need, plan, still_open
from marketry_orders.domain.states import Status
from marketry_orders.holding import refuse_when_blocked
from marketry_orders.locking import lock_order
from marketry_orders.models import Fulfilment, FulfilmentLine, Operation, Order, OrderLine
from marketry_orders.moving import update_fulfilment
from marketry_orders.reinstating import merged
from marketry_orders.settings import OrderSettings
from marketry_orders.settling import perform_here
from marketry_orders.standing import capture_covered
from marketry_orders.stock_subjects import stock_subject
from marketry_orders.timeline import record

PACKED = ("pending", "shipped", "delivered", "returned")


def packed(ctx: Context, order: Order) -> Counter[str]:
    """Units per line that are in a parcel, sent or not."""
    rows = ctx.session.execute(
        select(FulfilmentLine.line_id, func.sum(FulfilmentLine.quantity))  # type: ignore[call-overload]
        .join(Fulfilment, Fulfilment.id == FulfilmentLine.fulfilment_id)
        .where(Fulfilment.order_id == order.id, Fulfilment.state.in_(PACKED))  # type: ignore[attr-defined]
        .group_by(FulfilmentLine.line_id)
    )
    return Counter({line: int(quantity) for line, quantity in rows})


def proposed_parcels(ctx: Context, order: Order) -> list[ParcelPlan]:
    """What a plugin proposes for what is not packed yet, else one parcel per location."""
    needs = needs_of(ctx, order)
    open_lines = still_open(needs, packed(ctx, order))
    if not open_lines or order.status != Status.PLACED:
        return []
    answer = ctx.hooks.first(plan_fulfilment, ctx, _to_plan(ctx, order, needs, open_lines))
    if answer is not None and answer.value is not None:
        return list(answer.value)
    stock = merged([StockSource(a.stock_key, a.location, a.quantity - a.shipped - a.released) for a in reserved(ctx, order)])
    return plan(needs, open_lines, stock)


def _to_plan(ctx: Context, order: Order, needs: Sequence[Need], open_lines: Mapping[str, int]) -> FulfilmentOrder:
    skus = {need.line: need.sku for need in needs}
    rows = ctx.session.execute(select(OrderLine.id, OrderLine.data).where(OrderLine.order_id == order.id))  # type: ignore[call-overload]
    wanted = [(line, skus[line], n) for line, n in open_lines.items()]
    return FulfilmentOrder(order.number, wanted, order.country, order.data, {line: data for line, data in rows if data})


def pack(ctx: Context, number: str, lines: Mapping[str, int], *, location: str = "", parcel_id: str = "") -> Fulfilment:
    """Make a parcel of `lines` {line id: units}. 409 on hold, for a cancelled order, or beyond what is not packed yet.
    The same `parcel_id` twice is one parcel."""
    with ctx.writing() as session:
        order = lock_order(ctx, number)
        known = session.get(Fulfilment, parcel_id) if parcel_id else None
        if known is not None and known.order_id == order.id:
            return known
        _refuse_unless_open(ctx, order, lines)
        parcel = Fulfilment(
            id=parcel_id or secrets.token_hex(8),
            order_id=order.id,
            location=location,
            created_by=ctx.actor.id,
            created_at=ctx.now(),
        )
        session.add(parcel)
        session.flush()
        packs = ((line, n) for line, n in sorted(lines.items()) if n)
        session.add_all(FulfilmentLine(fulfilment_id=parcel.id, line_id=line, quantity=n) for line, n in packs)
        record(ctx, order, "parcel.packed", parcel=parcel.id, lines=dict(lines), location=location)
        session.flush()
        return parcel


def ship_parcel(ctx: Context, number: str, parcel_id: str, *, carrier: str = "", tracking: str = "") -> list[Operation]:
    """The parcel leaves: stock falls, the buyer is told. Shipping it twice changes nothing but a corrected tracking number.
    Returns captures that were asked for because money is taken on shipping."""
    with ctx.writing():
        order = lock_order(ctx, number)
        parcel = parcel_of(ctx, order, parcel_id)
        if parcel.state != "pending":
            _correct_tracking(ctx, order, parcel, carrier, tracking)
            return []
        if order.status != Status.PLACED:
            raise conflict("order_cancelled", ctx.gettext("The order is cancelled; nothing can be sent."), "status")
        refuse_when_blocked(ctx, order, "fulfil")
        _leave(ctx, order, parcel, carrier, tracking)
        operations = _captures_on_shipping(ctx, order)
    reach("orders.fulfilling.shipped")
    return operations


def deliver_parcel(ctx: Context, number: str, parcel_id: str) -> Fulfilment:
    """The parcel has arrived; a second time changes nothing. 409 when it has not left."""
    with ctx.writing():
        order = lock_order(ctx, number)
        parcel = parcel_of(ctx, order, parcel_id)
        if parcel.state == "delivered":
            return parcel
        if parcel.state != "shipped":
            raise conflict("not_shipped", ctx.gettext("This parcel has not been sent."), "parcel")
        parcel.state, parcel.delivered_at = "delivered", ctx.now()
        ctx.publish(FulfilmentDelivered(at=ctx.now(), number=order.number, currency=order.currency, fulfilment=parcel.id))
        record(ctx, order, "parcel.delivered", public=True, parcel=parcel.id)
        update_fulfilment(ctx, order)
        return parcel


def unpack(ctx: Context, number: str, parcel_id: str) -> None:
    """Take a parcel apart that has not left."""
    with ctx.writing():
        order = lock_order(ctx, number)
        parcel = parcel_of(ctx, order, parcel_id)
        if parcel.state == "cancelled":
            return
        if parcel.state != "pending":
            raise conflict("already_shipped", ctx.gettext("This parcel has already left."), "parcel")
        parcel.state = "cancelled"
        record(ctx, order, "parcel.unpacked", parcel=parcel.id)
        ctx.session.flush()


def parcel_of(ctx: Context, order: Order, parcel_id: str) -> Fulfilment:
    parcel = ctx.session.get(Fulfilment, parcel_id, populate_existing=True)
    if parcel is None or parcel.order_id != order.id:
        raise not_found(ctx.gettext("This order has no such parcel."), "unknown_parcel")
    return parcel


def lines_of(ctx: Context, parcel: Fulfilment) -> dict[str, int]:
    rows = ctx.session.execute(
        select(FulfilmentLine.line_id, FulfilmentLine.quantity).where(FulfilmentLine.fulfilment_id == parcel.id)  # type: ignore[call-overload]
    )
    return {line: int(quantity) for line, quantity in rows}


def _refuse_unless_open(ctx: Context, order: Order, lines: Mapping[str, int]) -> None:
    if order.status != Status.PLACED:
        raise conflict("order_cancelled", ctx.gettext("The order is cancelled; nothing can be sent."), "status")
    refuse_when_blocked(ctx, order, "fulfil")
    if not any(lines.values()) or any(n < 0 for n in lines.values()):
        raise invalid("empty_parcel", ctx.gettext("Put at least one thing into the parcel."), "lines")
    left = still_open(needs_of(ctx, order), packed(ctx, order))
    for line, quantity in lines.items():
        if quantity > left.get(line, 0):
            message = ctx.gettext("Only %(left)s of this line is still to be packed.", left=left.get(line, 0))
            raise conflict("too_many", message, f"lines/{line}")


def _leave(ctx: Context, order: Order, parcel: Fulfilment, carrier: str, tracking: str) -> None:
    lines = lines_of(ctx, parcel)
    sources = merged(use_up(ctx, order, needs_of(ctx, order), lines, parcel.location))
    keeper = ctx.service(StockKeeper)  # type: ignore[type-abstract]
    if keeper is not None and sources:
        keeper.ship(ctx, stock_subject(order), sources, f"parcel:{parcel.id}")
    parcel.state, parcel.shipped_at, parcel.carrier, parcel.tracking = "shipped", ctx.now(), carrier, tracking
    ctx.publish(
        FulfilmentShipped(
            at=ctx.now(),
            number=order.number,
            currency=order.currency,
            fulfilment=parcel.id,
            lines=tuple(sorted(lines.items())),
            carrier=carrier,
            tracking=tracking,
        )
    )
    record(ctx, order, "parcel.shipped", public=True, parcel=parcel.id, carrier=carrier, tracking=tracking)
    update_fulfilment(ctx, order)


def _captures_on_shipping(ctx: Context, order: Order) -> list[Operation]:
    if ctx.settings(OrderSettings).capture != "on_shipping":
        return []
    operations = capture_covered(ctx, order, books_of(ctx, order))
    perform_here(ctx, operations)
    return operations


def _correct_tracking(ctx: Context, order: Order, parcel: Fulfilment, carrier: str, tracking: str) -> None:
    if parcel.state == "cancelled":
        raise conflict("parcel_cancelled", ctx.gettext("This parcel was taken apart."), "parcel")
    if (carrier or tracking) and (parcel.carrier, parcel.tracking) != (carrier, tracking):
        parcel.carrier, parcel.tracking = carrier, tracking
        record(ctx, order, "parcel.tracking", public=True, parcel=parcel.id, carrier=carrier, tracking=tracking)
