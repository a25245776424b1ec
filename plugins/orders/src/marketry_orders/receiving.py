"""Money that reached the shop by itself: staff say how much came for a deferred payment, and with which reference."""

from marketry import Context, Problem, Refused
from marketry.commerce.payment import ProviderKind
from marketry.problems import conflict, invalid, not_found
from marketry_orders.books import Book, Books, books_of
from marketry_orders.locking import lock_order
from marketry_orders.models import Operation, Order
from marketry_orders.operations import operation_id, request
from marketry_orders.settling import perform_here


def receive_payment(
    ctx: Context, number: str, payment_id: str, amount: int, *, reference: str = "", key: str = "", excess: bool = False
) -> Operation:
    """Write `amount` (minor units) into the books as received. The same `key` twice is once. More than the payment still
    lacks is a 409 unless `excess` says that it is meant, so two people can't book one transfer twice."""
    if amount <= 0:
        raise invalid("bad_amount", ctx.gettext("Enter an amount above zero."), "amount")
    with ctx.writing() as session:
        order = lock_order(ctx, number)
        books = books_of(ctx, order)
        book = book_in(ctx, books, payment_id)
        _refuse_unless_deferred(ctx, book)
        known = session.get(Operation, operation_id(order, key, book.payment, "capture")) if key else None
        if known is None:
            _refuse_excess(ctx, book, amount, excess)
        operation = request(ctx, order, book.payment, "capture", amount, reason=reference, key=key)
        perform_here(ctx, [operation])
        _refuse_failure(operation)
        return operation


def book_in(ctx: Context, books: Books, payment_id: str) -> Book:
    book = books.of(payment_id)
    if book is None:
        raise not_found(ctx.gettext("This order has no such payment."), "unknown_payment")
    return book


def receivable(order: Order, books: Books) -> list[Book]:
    """Payments that staff can mark as received: the first of them that still lacks money is offered first."""
    deferred = [book for book in books.books if book.payment.kind == ProviderKind.DEFERRED]
    return sorted(deferred, key=lambda book: (book.outstanding == 0, book.payment.position))


def _refuse_unless_deferred(ctx: Context, book: Book) -> None:
    if book.payment.kind != ProviderKind.DEFERRED:
        message = ctx.gettext("%(label)s reports by itself what it received.", label=book.payment.label or book.payment.provider)
        raise Refused(Problem("not_deferred", message, "payment", status=409))


def _refuse_excess(ctx: Context, book: Book, amount: int, excess: bool) -> None:
    if amount > book.outstanding and not excess:
        raise conflict(
            "more_than_due",
            ctx.gettext("This is more than is still due. If that much really came, tick “more than due” and send again."),
            "amount",
        )


def _refuse_failure(operation: Operation) -> None:
    if operation.state == "failed":
        raise conflict("provider_refused", operation.problem, "amount")
