"""A payment in review: staff looked into what is odd about it, and let its money count."""

from marketry import Context
from marketry.problems import conflict
from marketry_orders.announcing import announce
from marketry_orders.books import books_of, trusted
from marketry_orders.locking import lock_order
from marketry_orders.models import Operation
from marketry_orders.receiving import book_in
from marketry_orders.settling import perform_here
from marketry_orders.standing import update_standing
from marketry_orders.timeline import record


def accept_payment(ctx: Context, number: str, payment_id: str, reason: str) -> list[Operation]:
    """Accept exactly the oddity that is shown now; another one later is a review again. Amounts in another currency never
    count. 409 when there is nothing to accept. What was late for a cancelled order is then given back by staff."""
    with ctx.writing():
        order = lock_order(ctx, number)
        payment = book_in(ctx, books_of(ctx, order), payment_id).payment
        if trusted(payment):
            raise conflict("not_in_review", ctx.gettext("This payment needs no review."), "payment")
        payment.accepted_review = payment.needs_review
        record(ctx, order, "payment.accepted", reason, payment=payment.id, review=payment.needs_review)
        ctx.session.flush()
        announce(ctx, order, payment)
        operations = update_standing(ctx, order)
        perform_here(ctx, operations)
        return operations
