"""Giving money back: in part, repeatedly, by several payments; never more than was taken and is not on its way back."""

from collections.abc import Mapping, Sequence

from marketry import Context
from marketry.crashpoints import reach
from marketry.problems import conflict, invalid
from marketry_orders.books import Books, books_of
from marketry_orders.domain.paying import Refundable, TooMuch, distribute
from marketry_orders.locking import lock_order
from marketry_orders.models import Operation, Order
from marketry_orders.operations import operation_id, request
from marketry_orders.receiving import book_in
from marketry_orders.refund_limits import demand_refund
from marketry_orders.same_account import answering
from marketry_orders.settling import perform_here


def refund_order(
    ctx: Context,
    number: str,
    amount: int | None = None,
    *,
    reason: str = "",
    key: str = "",
    payments: Mapping[str, int] | None = None,
) -> list[Operation]:
    """Ask the providers to give `amount` (minor units; None: all) back, or exactly `payments` {payment id: amount}.

    Without `payments` it is spread over the attempts, the last first. The order is locked while it is decided: two people
    at once can't give back more than there is, the second gets a 409. The same `key` again returns the first operations.
    """
    with ctx.writing():
        order = lock_order(ctx, number)
        books = books_of(ctx, order)
        repeated = _made_before(ctx, order, books, key)
        if repeated:
            return repeated
        shares = _shares(ctx, books, amount, payments)
        for share in shares:
            answering(ctx, book_in(ctx, books, share.payment).payment)
        operations = refund_shares(ctx, order, books, shares, reason=reason, key=key)
    reach("orders.refunding.requested")
    return operations


def refund_shares(
    ctx: Context, order: Order, books: Books, shares: Sequence[Refundable], *, reason: str, key: str = ""
) -> list[Operation]:
    """Write down an operation per share and carry out the local ones. 403 beyond what whoever acts may give back."""
    demand_refund(ctx, order, sum(share.amount for share in shares))
    operations = []
    for share in shares:
        payment = book_in(ctx, books, share.payment).payment
        operations.append(request(ctx, order, payment, "refund", share.amount, reason=reason, key=key))
    perform_here(ctx, operations)
    return operations


def refundables(books: Books) -> list[Refundable]:
    return [Refundable(book.payment.id, book.refundable) for book in books.books if book.trusted]


def _made_before(ctx: Context, order: Order, books: Books, key: str) -> list[Operation]:
    if not key:
        return []
    found = (ctx.session.get(Operation, operation_id(order, key, book.payment, "refund")) for book in books.books)
    return [operation for operation in found if operation is not None]


def _shares(ctx: Context, books: Books, amount: int | None, payments: Mapping[str, int] | None) -> Sequence[Refundable]:
    possible = refundables(books)
    if payments is not None:
        return [_chosen(ctx, books, payment, share) for payment, share in payments.items()]
    wanted = sum(r.amount for r in possible) if amount is None else amount
    if wanted <= 0 and amount is not None:
        raise invalid("bad_amount", ctx.gettext("Enter an amount above zero."), "amount")
    if wanted <= 0:
        raise conflict("nothing_to_refund", ctx.gettext("There is nothing to give back."), "amount")
    try:
        return distribute(wanted, possible)
    except TooMuch:
        raise _too_much(ctx, "amount") from None


def _chosen(ctx: Context, books: Books, payment: str, share: int) -> Refundable:
    book = book_in(ctx, books, payment)
    if share <= 0:
        raise invalid("bad_amount", ctx.gettext("Enter an amount above zero."), f"payments/{payment}")
    if share > book.refundable or not book.trusted:
        raise _too_much(ctx, f"payments/{payment}")
    return Refundable(payment, share)


def _too_much(ctx: Context, field: str) -> Exception:
    message = ctx.gettext("That is more than was taken and isn't on its way back already. Look at the payments again.")
    return conflict("too_much", message, field)
