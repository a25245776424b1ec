"""The order's payment status, and what becomes due with it: stock is kept, money captured, late money answered."""

from collections.abc import Sequence

from marketry import Context
from marketry.commerce.checkout import Hold
from marketry.commerce.events import OrderPaid
from marketry.commerce.payment import Entry, ProviderKind, TransactionKind
from marketry.problems import conflict
from marketry_orders.books import Books, books_of
from marketry_orders.domain.states import PaymentStatus, Status
from marketry_orders.handing_over import hand_over
from marketry_orders.holding import blocked, write_holds
from marketry_orders.models import Operation, Order, Payment
from marketry_orders.operations import request
from marketry_orders.reinstating import UNPAID, reinstate, secure_stock
from marketry_orders.settings import OrderSettings
from marketry_orders.timeline import record

COVERED = (PaymentStatus.AUTHORISED, PaymentStatus.PAID, PaymentStatus.OVERPAID)


def update_standing(ctx: Context, order: Order, payment: Payment | None = None, arrived: Sequence[Entry] = ()) -> list[Operation]:
    """Derive the payment status of the locked order and do what follows. Returns the operations that it asked for;
    the caller carries out those that are local. `arrived` is money that came in just now, by `payment`."""
    books = books_of(ctx, order)
    newly_covered = books.status in COVERED and order.payment_status not in COVERED
    _set_status(ctx, order, books)
    if order.status == Status.CANCELLED and arrived and payment is not None:
        if not _comes_back(ctx, order, books):
            return _give_back(ctx, order, books, payment, arrived)
        books = books_of(ctx, order)
    if order.status != Status.PLACED:
        return []
    beyond = _give_back_excess(ctx, order, books, payment, arrived) if arrived and payment is not None else []
    if newly_covered:
        _keep_stock(ctx, order)
    if books.status in (PaymentStatus.PAID, PaymentStatus.OVERPAID):
        _paid(ctx, order, books)
        hand_over(ctx, order)
    at_once = ctx.settings(OrderSettings).capture == "at_once"
    return [*beyond, *(capture_covered(ctx, order, books) if at_once else ())]


def go_on(ctx: Context, order: Order) -> list[Operation]:
    """Do what a hold kept back that was lifted just now; operations as of `update_standing`. 409 while paid goods are gone:
    nothing could be sent."""
    may_leave = order.status == Status.PLACED and order.payment_status in COVERED and not blocked(ctx, order, "fulfil")
    if may_leave and not secure_stock(ctx, order):
        message = ctx.gettext("Some of the goods are sold out still. Put them into stock first, then lift the hold.")
        raise conflict("out_of_stock", message, "hold")
    return update_standing(ctx, order)


def _set_status(ctx: Context, order: Order, books: Books) -> None:
    status = books.status
    if status != order.payment_status:
        record(ctx, order, "payment_status", old=order.payment_status, new=str(status))
        order.payment_status = status
    order.updated_at = ctx.now()
    ctx.session.flush()


def _keep_stock(ctx: Context, order: Order) -> None:
    """Paid goods wait without an end. If their reservation ran out and others bought them, staff must decide."""
    if not secure_stock(ctx, order):
        label = ctx.gettext("Sold out before the money came: order more, or cancel and refund")
        write_holds(ctx, order, [Hold("sold_out", label, frozenset({"fulfil"}), "orders")])


def _paid(ctx: Context, order: Order, books: Books) -> None:
    """Once in an order's life."""
    if order.paid_at is not None:
        return
    order.paid_at = ctx.now()
    ctx.publish(OrderPaid(at=ctx.now(), number=order.number, currency=order.currency, amount=books.balance.held))
    record(ctx, order, "order.paid", public=True, amount=books.balance.held, currency=order.currency)


def capture_covered(ctx: Context, order: Order, books: Books) -> list[Operation]:
    """Ask for everything that is reserved, once the reserved and the taken cover the total and no hold forbids it."""
    reserved = [(book.payment, book.capturable) for book in books.books if book.capturable]
    covered = books.balance.held < order.total <= books.balance.held + sum(amount for _, amount in reserved)
    if not reserved or not covered or order.status != Status.PLACED or blocked(ctx, order, "capture"):
        return []
    return [request(ctx, order, payment, "capture", amount, delay=0) for payment, amount in reserved]


def _comes_back(ctx: Context, order: Order, books: Books) -> bool:
    """Whether the money now covers an order that was only cancelled for want of it, and the goods are still there."""
    covered = books.balance.held + sum(book.capturable for book in books.books) >= order.total
    return order.cancel_reason == UNPAID and covered and reinstate(ctx, order)


def _give_back(ctx: Context, order: Order, books: Books, payment: Payment, arrived: Sequence[Entry]) -> list[Operation]:
    """Money for an order that is no more: what was taken is refunded, what was reserved is let go. Once, since `arrived`
    is new only once."""
    reason = ctx.gettext("The order was already cancelled when the money came.")
    return _return(ctx, order, books, payment, _taken(arrived), reason)


def _give_back_excess(ctx: Context, order: Order, books: Books, payment: Payment, arrived: Sequence[Entry]) -> list[Operation]:
    """Money that a gateway took by an attempt which the buyer had left for another: what the order doesn't need goes back.
    What staff book by hand is theirs to decide."""
    excess = min(_taken(arrived), books.balance.excess)
    only_reserved = not _taken(arrived) and books.balance.held >= order.total
    if payment.kind != ProviderKind.REMOTE or not (excess or only_reserved):
        return []
    reason = ctx.gettext("The order was already paid in another way when the money came.")
    return _return(ctx, order, books, payment, excess, reason)


def _taken(arrived: Sequence[Entry]) -> int:
    return sum(e.amount.minor for e in arrived if e.kind is TransactionKind.CAPTURE)


def _return(ctx: Context, order: Order, books: Books, payment: Payment, taken: int, reason: str) -> list[Operation]:
    """Refund `taken` minor units of the attempt, or let go what it reserves."""
    book = next(book for book in books.books if book.payment.id == payment.id)
    back = min(taken, book.refundable)
    if back:
        return [request(ctx, order, payment, "refund", back, reason=reason, delay=0)]
    if book.capturable and not book.asked_for:
        return [request(ctx, order, payment, "void", book.capturable, reason=reason, delay=0)]
    return []
