"""Settling a snapshot: the books, the operations it answers, the events, and the order that follows, in one transaction.

Called by whoever has a snapshot: placing, the buyer's return, a webhook's fetch, the poller, staff's operations. The order
is locked and only entries that are new count; so the same snapshot ten times at once is settled once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from marketry import Context, Refused
from marketry.commerce.payment import AttemptState, Entry, Phase, ProviderKind, Snapshot, TransactionKind
from marketry.crashpoints import reach
from marketry_orders.alarming import alarm
from marketry_orders.announcing import announce
from marketry_orders.books import trusted
from marketry_orders.charges import charge_of, provider_of
from marketry_orders.keeping import keep_soon, note_use
from marketry_orders.locking import lock_order_of
from marketry_orders.mails import ask_for_payment
from marketry_orders.models import Operation
from marketry_orders.operations import answered, ask, close_operations, fail
from marketry_orders.posting import post
from marketry_orders.standing import update_standing


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a snapshot changed: the order's number, and the entries that were new."""

    number: str
    entries: tuple[Entry, ...]


def settle(ctx: Context, payment_id: str, snapshot: Snapshot, *, answers: Operation | None = None) -> Settlement:
    """Fold `snapshot` into the attempt, publish what it made true, and let the order follow.

    `answers` is the operation that the provider was asked for. Joins the surrounding transaction or opens one; calls no
    remote provider: what must be asked becomes an operation.
    """
    with ctx.writing():
        order, payment = lock_order_of(ctx, payment_id)
        before = payment.state
        new = post(ctx, order, payment, snapshot)
        reach("orders.settling.posted")
        close_operations(ctx, order, payment, snapshot)
        if answers is not None and not answered(ctx, order, answers, snapshot):
            answers.problem = ctx.gettext("The provider's answer doesn't show this operation yet. It will be asked again.")
        announce(ctx, order, payment)
        if trusted(payment):
            keep_soon(ctx, order, payment)
            note_use(ctx, payment)
        if payment.off_session and payment.state == AttemptState.FAILED != before:
            ask_for_payment(ctx, order.number, payment.id)
        alarm(ctx, order, payment, new)
        arrived = [e for e in new if _arrived(e)] if trusted(payment) else []
        perform_here(ctx, update_standing(ctx, order, payment, arrived))
    reach("orders.settling.settled")
    return Settlement(order.number, new)


def _arrived(entry: Entry) -> bool:
    """Money that this snapshot brought, taken or reserved."""
    return entry.phase is Phase.SUCCEEDED and entry.kind in (TransactionKind.CAPTURE, TransactionKind.AUTHORISATION)


def perform_here(ctx: Context, operations: Sequence[Operation]) -> None:
    """Carry out operations of providers that live in our own database, inside the transaction. Remote ones wait for
    their job. A provider that refuses leaves the operation failed and the rest of the transaction whole."""
    for operation in operations:
        order, payment = lock_order_of(ctx, operation.payment_id)
        if payment.kind == ProviderKind.REMOTE or operation.state not in ("requested", "sent"):
            continue
        operation.attempts += 1
        try:
            with ctx.session.begin_nested():
                snapshot = ask(ctx, provider_of(ctx, payment), charge_of(ctx, order, payment), operation)
        except Refused as refused:
            fail(ctx, order, operation, refused.problems[0].message)
            continue
        settle(ctx, payment.id, snapshot, answers=operation)
