"""How much one member of staff may give back, and when they are asked to prove themselves first."""

from sqlalchemy import func, select
from sqlmodel import col

from marketry import Context, Money
from marketry_orders.models import Operation, Order
from marketry_orders.settings import OrderSettings

LIMIT = "orders.refund"  # as the manifest declares it


def demand_refund(ctx: Context, order: Order, amount: int) -> None:
    """Refuse (403) a refund of `amount` minor units beyond what whoever acts may give back of one order, all their refunds of
    it together: otherwise a small limit, used often, would be none. Above the shop's `confirm_refunds_above` whoever acts by a
    session must have proved themselves a short while ago."""
    total = amount + _given_back_before(ctx, order)
    ctx.demand_limit(LIMIT, Money(total, order.currency))
    ask_from = ctx.settings(OrderSettings).confirm_refunds_above.get(order.currency)
    if ask_from is not None and total > ask_from:
        ctx.demand_fresh()


def _given_back_before(ctx: Context, order: Order) -> int:
    """What the same person has asked to give back of this order and what was not refused."""
    if not ctx.actor.id:
        return 0
    theirs = (col(Operation.order_id) == order.id, col(Operation.kind) == "refund", col(Operation.requested_by) == ctx.actor.id)
    asked = select(func.coalesce(func.sum(col(Operation.amount)), 0)).where(*theirs, col(Operation.state) != "failed")
    return int(ctx.session.scalar(asked) or 0)
