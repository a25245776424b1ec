"""Goods that come back: which, how many, and whether they go on the shelf again. Money is another matter (refunding)."""

import secrets
from collections.abc import Mapping

from sqlalchemy import func, select

from marketry import Context
from marketry.commerce.events import ReturnReceived
from marketry.commerce.stock import StockKeeper, StockSource
from marketry.problems import conflict, invalid
from marketry_orders.allocations import needs_of
from marketry_orders.locking import lock_order
from marketry_orders.models import Allocation, Fulfilment, FulfilmentLine, Order, Return, ReturnLine
from marketry_orders.moving import GONE, movement_of, update_fulfilment
from marketry_orders.reinstating import merged
from marketry_orders.stock_subjects import stock_subject
from marketry_orders.timeline import record


def returnable(ctx: Context, order: Order) -> dict[str, int]:
    """Units per line that were sent and have not come back."""
    moved = movement_of(ctx, order)
    sent = ctx.session.execute(
        select(FulfilmentLine.line_id, func.sum(FulfilmentLine.quantity))  # type: ignore[call-overload]
        .join(Fulfilment, Fulfilment.id == FulfilmentLine.fulfilment_id)
        .where(Fulfilment.order_id == order.id, Fulfilment.state.in_(GONE))  # type: ignore[attr-defined]
        .group_by(FulfilmentLine.line_id)
    )
    left = {line: int(quantity) - moved.returned.get(line, 0) for line, quantity in sent}
    return {line: quantity for line, quantity in left.items() if quantity > 0}


def receive_return(
    ctx: Context,
    number: str,
    lines: Mapping[str, int],
    *,
    restock: bool,
    location: str = "",
    reason: str = "",
    return_id: str = "",
) -> Return:
    """Take `lines` {line id: units} back. `restock`: on the shelf at `location` (empty: where they left from). 409 beyond
    what was sent; the same `return_id` twice is one return."""
    with ctx.writing() as session:
        order = lock_order(ctx, number)
        known = session.get(Return, return_id) if return_id else None
        if known is not None and known.order_id == order.id:
            return known
        _refuse_unless_sent(ctx, order, lines)
        received = Return(
            id=return_id or secrets.token_hex(8),
            order_id=order.id,
            state="received",
            reason=reason[:500],
            restocked=restock,
            location=location,
            created_by=ctx.actor.id,
            requested_at=ctx.now(),
            received_at=ctx.now(),
        )
        session.add(received)
        session.flush()
        session.add_all(ReturnLine(return_id=received.id, line_id=line, quantity=n) for line, n in sorted(lines.items()) if n)
        if restock:
            _restock(ctx, order, lines, location, received.id)
        ctx.publish(
            ReturnReceived(
                at=ctx.now(),
                number=order.number,
                currency=order.currency,
                restocked=restock,
                lines=tuple(sorted((line, n) for line, n in lines.items() if n)),
            )
        )
        record(ctx, order, "return.received", reason, public=True, lines=dict(lines), restocked=restock)
        update_fulfilment(ctx, order)
        return received


def _refuse_unless_sent(ctx: Context, order: Order, lines: Mapping[str, int]) -> None:
    if not any(lines.values()) or any(n < 0 for n in lines.values()):
        raise invalid("empty_return", ctx.gettext("Say how many came back."), "lines")
    left = returnable(ctx, order)
    for line, quantity in lines.items():
        if quantity > left.get(line, 0):
            message = ctx.gettext("Only %(left)s of this line was sent and has not come back.", left=left.get(line, 0))
            raise conflict("too_many", message, f"lines/{line}")


def _restock(ctx: Context, order: Order, lines: Mapping[str, int], location: str, return_id: str) -> None:
    keeper = ctx.service(StockKeeper)  # type: ignore[type-abstract]
    sources = merged(list(_sources(ctx, order, lines, location)))
    if keeper is not None and sources:
        keeper.restock(ctx, stock_subject(order), sources, f"return:{return_id}")


def _sources(ctx: Context, order: Order, lines: Mapping[str, int], location: str) -> list[StockSource]:
    """What comes back per key, to `location` or to where most of it was sent from; untracked keys don't."""
    allocations = ctx.session.scalars(
        select(Allocation).where(Allocation.order_id == order.id, Allocation.shipped > 0)  # type: ignore[arg-type]
    ).all()
    home = {(a.line_id, a.stock_key): a.location for a in sorted(allocations, key=lambda a: (a.shipped, a.location))}
    return [
        StockSource(key, location or home[need.line, key], n * lines[need.line])
        for need in needs_of(ctx, order)
        if lines.get(need.line)
        for key, n in need.demands
        if (need.line, key) in home
    ]
