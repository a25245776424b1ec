"""Cancelling: the goods go back on the shelf, reserved money is let go, money taken is given back if so decided."""

from sqlalchemy import select, update

from marketry import Context
from marketry.commerce.events import OrderCancelled
from marketry.commerce.payment import AttemptState, Snapshot
from marketry.commerce.stock import StockKeeper
from marketry.problems import conflict
from marketry_orders.allocations import reserved
from marketry_orders.books import Books, books_of
from marketry_orders.capturing import unknown_outside, voidable
from marketry_orders.domain.states import Status
from marketry_orders.locking import lock_order
from marketry_orders.models import Fulfilment, Operation, Order
from marketry_orders.moving import GONE, update_fulfilment
from marketry_orders.operations import request
from marketry_orders.posting import post
from marketry_orders.refunding import refund_shares, refundables
from marketry_orders.settling import perform_here
from marketry_orders.standing import update_standing
from marketry_orders.stock_subjects import stock_subject
from marketry_orders.timeline import record


def cancel_order(ctx: Context, number: str, reason: str, *, refund: bool = True) -> list[Operation]:
    """Cancel an order of which no parcel has left (else 409: take it back as a return). Cancelling twice changes nothing.

    `refund`: give back what was taken; otherwise it stays in the books as held. Returns what was asked of providers;
    the remote ones are carried out after the commit (`performing.perform_all`).
    """
    with ctx.writing():
        order = lock_order(ctx, number)
        if order.status == Status.CANCELLED:
            return []
        _refuse_if_gone(ctx, order)
        return cancel_locked(ctx, order, reason, refund=refund)


def cancel_locked(ctx: Context, order: Order, reason: str, *, refund: bool) -> list[Operation]:
    """The same for an order that the caller has locked and looked at."""
    order.status, order.cancelled_at, order.cancel_reason = Status.CANCELLED, ctx.now(), reason[:500]
    _drop_parcels(ctx, order)
    give_back_stock(ctx, order)
    update_fulfilment(ctx, order)
    ctx.publish(OrderCancelled(at=ctx.now(), number=order.number, currency=order.currency, reason=reason[:500]))
    record(ctx, order, "order.cancelled", reason, public=True)
    books = books_of(ctx, order)
    operations = _let_go(ctx, order, books, reason)
    if refund:
        shares = [share for share in refundables(books) if share.amount]
        operations += refund_shares(ctx, order, books, shares, reason=reason)
    perform_here(ctx, operations)
    update_standing(ctx, order)
    return operations


def give_back_stock(ctx: Context, order: Order) -> None:
    """Release what is still reserved for the order."""
    for allocation in reserved(ctx, order):
        allocation.released = allocation.quantity - allocation.shipped
    keeper = ctx.service(StockKeeper)  # type: ignore[type-abstract]
    if keeper is not None:
        keeper.release(ctx, stock_subject(order))


def _let_go(ctx: Context, order: Order, books: Books, reason: str) -> list[Operation]:
    """End every attempt that reserves money or still waits for it; one that no gateway has heard of simply ends here."""
    operations = []
    for book in books.books:
        if book.asked_for or not voidable(book.capturable, book.ledger.state):
            continue
        if unknown_outside(book.payment):
            post(ctx, order, book.payment, Snapshot(AttemptState.CANCELLED))
        else:
            operations.append(request(ctx, order, book.payment, "void", book.capturable, reason=reason))
    return operations


def _refuse_if_gone(ctx: Context, order: Order) -> None:
    gone = ctx.session.scalar(
        select(Fulfilment.id).where(Fulfilment.order_id == order.id, Fulfilment.state.in_(GONE)).limit(1)  # type: ignore[call-overload,attr-defined]
    )
    if gone:
        raise conflict(
            "already_shipped", ctx.gettext("A parcel has already left. Take the goods back as a return, then refund."), "status"
        )


def _drop_parcels(ctx: Context, order: Order) -> None:
    ctx.session.execute(
        update(Fulfilment)
        .where(Fulfilment.order_id == order.id, Fulfilment.state == "pending")  # type: ignore[arg-type]
        .values(state="cancelled")
    )
