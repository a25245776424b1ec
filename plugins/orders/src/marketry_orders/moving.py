"""What moved so far, and the fulfilment status that follows. The only writer of `fulfilment_status`."""

from collections import Counter

from sqlalchemy import func, select

from marketry import Context
from marketry_orders.allocations import needs_of
from marketry_orders.domain.parcels import Movement, fulfilment_status
from marketry_orders.domain.states import FulfilmentStatus, Status
from marketry_orders.models import Fulfilment, FulfilmentLine, Order, Return, ReturnLine
from marketry_orders.timeline import record

GONE = ("shipped", "delivered", "returned")


def movement_of(ctx: Context, order: Order) -> Movement:
    """Units per line that left, arrived and came back. Lines that don't travel have done all that once they were handed over."""
    parcels = ctx.session.execute(
        select(FulfilmentLine.line_id, Fulfilment.state, func.sum(FulfilmentLine.quantity))  # type: ignore[call-overload]
        .join(Fulfilment, Fulfilment.id == FulfilmentLine.fulfilment_id)
        .where(Fulfilment.order_id == order.id, Fulfilment.state.in_(GONE))  # type: ignore[attr-defined]
        .group_by(FulfilmentLine.line_id, Fulfilment.state)
    ).all()
    returned = ctx.session.execute(
        select(ReturnLine.line_id, func.sum(ReturnLine.quantity))  # type: ignore[call-overload]
        .join(Return, Return.id == ReturnLine.return_id)
        .where(Return.order_id == order.id, Return.state == "received")
        .group_by(ReturnLine.line_id)
    ).all()
    shipped, delivered = Counter[str](), Counter[str]()
    for line, state, quantity in parcels:
        shipped[line] += int(quantity)
        delivered[line] += int(quantity) if state == "delivered" else 0
    if order.handed_over_at is not None:
        for need in needs_of(ctx, order):
            if not need.shippable:
                shipped[need.line] = delivered[need.line] = need.quantity
    return Movement(shipped, delivered, {line: int(quantity) for line, quantity in returned})


def update_fulfilment(ctx: Context, order: Order) -> FulfilmentStatus:
    """Derive and write the fulfilment status of the locked order."""
    ctx.session.flush()
    cancelled = order.status == Status.CANCELLED
    status = fulfilment_status(needs_of(ctx, order), movement_of(ctx, order), cancelled=cancelled)
    if status != order.fulfilment_status:
        record(ctx, order, "fulfilment_status", old=order.fulfilment_status, new=str(status))
        order.fulfilment_status = status
    order.updated_at = ctx.now()
    ctx.session.flush()
    return status
