"""Holds: brakes that plugins or staff put on an order, seen and lifted by staff."""

from collections.abc import Iterable

from sqlalchemy import select

from marketry import Context
from marketry.commerce.checkout import Hold
from marketry.problems import conflict, invalid, not_found
from marketry_orders.locking import lock_order
from marketry_orders.models import Order, OrderHold
from marketry_orders.timeline import record

BLOCKS = frozenset({"capture", "fulfil"})


def active_holds(ctx: Context, order: Order) -> list[OrderHold]:
    return list(
        ctx.session.scalars(
            select(OrderHold).where(OrderHold.order_id == order.id, OrderHold.lifted_at.is_(None))  # type: ignore[arg-type,union-attr]
        )
    )


def blocked(ctx: Context, order: Order, what: str) -> OrderHold | None:
    """The first active hold that blocks `what` (`capture` or `fulfil`)."""
    return next((hold for hold in active_holds(ctx, order) if what in hold.blocks), None)


def refuse_when_blocked(ctx: Context, order: Order, what: str) -> None:
    hold = blocked(ctx, order, what)
    if hold is not None:
        raise conflict("on_hold", ctx.gettext("The order is on hold: %(label)s. Lift the hold first.", label=hold.label))


def write_holds(ctx: Context, order: Order, holds: Iterable[Hold]) -> None:
    """Put `holds` on an order that is being made or is locked; one that is active already isn't doubled."""
    active = {(hold.plugin, hold.code) for hold in active_holds(ctx, order)}
    for hold in holds:
        unknown = hold.blocks - BLOCKS
        if unknown:
            raise ValueError(f"hold {hold.code} of {hold.plugin} blocks {sorted(unknown)}; there are {sorted(BLOCKS)}")
        if (hold.plugin, hold.code) in active:
            continue
        ctx.session.add(
            OrderHold(
                order_id=order.id,
                code=hold.code,
                label=hold.label,
                plugin=hold.plugin,
                blocks=sorted(hold.blocks),
                placed_at=ctx.now(),
            )
        )
        record(ctx, order, "hold.placed", hold.label, code=hold.code, plugin=hold.plugin)
    ctx.session.flush()


def place_hold(ctx: Context, number: str, hold: Hold) -> None:
    """Put a brake on an order that exists."""
    if not hold.blocks or hold.blocks - BLOCKS:
        raise invalid("bad_hold", ctx.gettext("Choose what the hold stops: capturing, fulfilling or both."), "blocks")
    with ctx.writing():
        write_holds(ctx, lock_order(ctx, number), [hold])


def lift_hold(ctx: Context, number: str, hold_id: int) -> Order:
    """Take a brake off; lifting it twice changes nothing. What it held back is done by the caller (standing.go_on)."""
    order = lock_order(ctx, number)
    hold = ctx.session.get(OrderHold, hold_id, populate_existing=True)
    if hold is None or hold.order_id != order.id:
        raise not_found(ctx.gettext("There is no such hold."), "unknown_hold")
    if hold.lifted_at is None:
        hold.lifted_at, hold.lifted_by = ctx.now(), ctx.actor.id
        record(ctx, order, "hold.lifted", hold.label, code=hold.code, plugin=hold.plugin)
        ctx.session.flush()
    return order
