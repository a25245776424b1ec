"""Taking money that is reserved: all of it, or a part."""

from marketry import Context
from marketry.commerce.payment import AttemptState, ProviderKind, Snapshot
from marketry.problems import conflict, invalid
from marketry_orders.books import books_of
from marketry_orders.holding import refuse_when_blocked
from marketry_orders.locking import lock_order
from marketry_orders.models import Operation, Payment
from marketry_orders.operations import operation_id, request
from marketry_orders.receiving import book_in
from marketry_orders.settling import perform_here, settle


def capture_payment(ctx: Context, number: str, payment_id: str, amount: int | None = None, *, key: str = "") -> Operation:
    """Ask for `amount` (minor units; None: all that is reserved) of an authorised payment. 409 on hold, or when more is
    asked for than is reserved and not asked for yet."""
    with ctx.writing() as session:
        order = lock_order(ctx, number)
        book = book_in(ctx, books_of(ctx, order), payment_id)
        known = session.get(Operation, operation_id(order, key, book.payment, "capture")) if key else None
        if known is not None:
            return known
        refuse_when_blocked(ctx, order, "capture")
        wanted = book.capturable if amount is None else amount
        if wanted <= 0 and amount is not None:
            raise invalid("bad_amount", ctx.gettext("Enter an amount above zero."), "amount")
        if wanted <= 0 or wanted > book.capturable:
            raise conflict("too_much", ctx.gettext("That much isn't reserved, or it was asked for already."), "amount")
        operation = request(ctx, order, book.payment, "capture", wanted, key=key)
        perform_here(ctx, [operation])
        return operation


def void_payment(ctx: Context, number: str, payment_id: str, *, reason: str = "", key: str = "") -> Operation:
    """Let go what is reserved, or end an attempt that is still open."""
    with ctx.writing() as session:
        order = lock_order(ctx, number)
        book = book_in(ctx, books_of(ctx, order), payment_id)
        known = session.get(Operation, operation_id(order, key, book.payment, "void")) if key else None
        if known is not None:
            return known
        if not voidable(book.capturable, book.ledger.state):
            raise conflict("nothing_reserved", ctx.gettext("Nothing is reserved or expected by this payment any more."))
        operation = request(ctx, order, book.payment, "void", book.capturable, reason=reason, key=key)
        if unknown_outside(book.payment):
            settle(ctx, book.payment.id, Snapshot(AttemptState.CANCELLED), answers=operation)
        perform_here(ctx, [operation])
        return operation


def unknown_outside(payment: Payment) -> bool:
    """Whether no gateway ever answered about this attempt: nobody can pay it, so it simply ends here."""
    return payment.kind == ProviderKind.REMOTE and payment.initiated_at is None and payment.remote_id is None


def voidable(capturable: int, state: str) -> bool:
    return capturable > 0 or state in ("created", "requires_action", "processing")
