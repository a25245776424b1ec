"""Codes in the reader's language: statuses, totals, what happened. Every msgid stands here in full, to be translated."""

from collections.abc import Callable, Mapping
from typing import Any

from marketry import Context, Money
from marketry_orders.models import Order, TimelineEntry
from marketry_orders.reinstating import UNPAID

STATUS: Mapping[str, str] = {"draft": "Draft", "placed": "Placed", "cancelled": "Cancelled"}
PAYMENT: Mapping[str, str] = {
    "none": "Not paid",
    "pending": "Payment pending",
    "authorised": "Authorised",
    "partially_paid": "Partly paid",
    "paid": "Paid",
    "partially_refunded": "Partly refunded",
    "refunded": "Refunded",
    "overpaid": "Overpaid",
    "voided": "Voided",
    "disputed": "Disputed",
}
FULFILMENT: Mapping[str, str] = {
    "unfulfilled": "Not sent",
    "partial": "Partly sent",
    "fulfilled": "Sent",
    "delivered": "Delivered",
    "returned": "Returned",
    "cancelled": "Nothing to send",
}
PARCEL: Mapping[str, str] = {
    "pending": "Packed",
    "shipped": "On its way",
    "delivered": "Delivered",
    "returned": "Returned",
    "cancelled": "Taken apart",
}
ATTEMPT: Mapping[str, str] = {
    "created": "Not started",
    "requires_action": "Waits for the buyer",
    "processing": "Expected",
    "authorised": "Authorised",
    "captured": "Received",
    "failed": "Failed",
    "cancelled": "Cancelled",
    "expired": "Expired",
}
TRANSACTION: Mapping[str, str] = {
    "authorisation": "Authorisation",
    "capture": "Payment",
    "void": "Release",
    "refund": "Refund",
    "chargeback": "Chargeback",
}
PHASE: Mapping[str, str] = {"pending": "pending", "succeeded": "done", "failed": "failed"}
OPERATION: Mapping[str, str] = {
    "requested": "About to be asked",
    "sent": "Waiting for the answer",
    "done": "Done",
    "failed": "Refused",
}
REVIEW: Mapping[str, str] = {
    "amount": "Another amount than was asked for",
    "currency": "Another currency than was asked for",
    "account": "Paid to another account",
    "mode": "Test and live payments are mixed up",
    "entry": "Said to be paid, but not how much",
}
# Where the cart was opened (`ctx.channel`), or that it never was one.
CHANNEL = {
    "web": "The shop's pages",
    "api": "An app or another system",
    "import": "Taken over from before",
    "job": "By itself",
    "cli": "The command line",
}
WORDS: Mapping[str, Mapping[str, str]] = {
    "status": STATUS,
    "payment": PAYMENT,
    "fulfilment": FULFILMENT,
    "parcel": PARCEL,
    "attempt": ATTEMPT,
    "transaction": TRANSACTION,
    "phase": PHASE,
    "operation": OPERATION,
    "review": REVIEW,
    "channel": CHANNEL,
}
HAPPENED: Mapping[str, str] = {
    "order.placed": "Order placed",
    "order.paid": "Paid in full",
    "order.claimed": "Added to an account",
    "order.cancelled": "Order cancelled",
    "order.reinstated": "Order reinstated: the payment arrived after all",
    "payment_status": "Payment: %(old)s → %(new)s",
    "fulfilment_status": "Fulfilment: %(old)s → %(new)s",
    "payment.authorisation.pending": "%(provider)s: authorisation of %(amount)s pending",
    "payment.authorisation.succeeded": "%(provider)s: %(amount)s authorised",
    "payment.authorisation.failed": "%(provider)s: authorisation of %(amount)s failed",
    "payment.capture.pending": "%(provider)s: %(amount)s on its way",
    "payment.capture.succeeded": "%(provider)s: %(amount)s received",
    "payment.capture.failed": "%(provider)s: payment of %(amount)s failed",
    "payment.void.pending": "%(provider)s: release of %(amount)s pending",
    "payment.void.succeeded": "%(provider)s: %(amount)s released",
    "payment.void.failed": "%(provider)s: release of %(amount)s failed",
    "payment.refund.pending": "%(provider)s: refund of %(amount)s on its way",
    "payment.refund.succeeded": "%(provider)s: %(amount)s refunded",
    "payment.refund.failed": "%(provider)s: refund of %(amount)s failed",
    "payment.chargeback.pending": "%(provider)s: the bank asks for %(amount)s back",
    "payment.chargeback.succeeded": "%(provider)s: the bank took %(amount)s back",
    "payment.chargeback.failed": "%(provider)s: the dispute over %(amount)s was won",
    "payment.capture.requested": "Capture of %(amount)s asked for",
    "payment.void.requested": "Release asked for",
    "payment.refund.requested": "Refund of %(amount)s asked for",
    "payment.capture.refused": "Capture of %(amount)s refused",
    "payment.void.refused": "Release refused",
    "payment.refund.refused": "Refund of %(amount)s refused",
    "payment.accepted": "Review accepted: %(review)s",
    "payment.notice": "%(provider)s sent a notice: %(event)s",
    "parcel.packed": "Parcel packed",
    "parcel.unpacked": "Parcel taken apart",
    "parcel.shipped": "Parcel sent %(tracking)s",
    "parcel.tracking": "Tracking number changed: %(tracking)s",
    "parcel.delivered": "Parcel delivered",
    "return.received": "Goods came back",
    "hold.placed": "Put on hold",
    "hold.lifted": "Hold lifted",
    "note": "Note",
    "mail.confirmation": "Mail sent: confirmation",
    "mail.paid": "Mail sent: payment received",
    "mail.shipped": "Mail sent: parcel on its way",
    "mail.cancelled": "Mail sent: order cancelled",
    "mail.refunded": "Mail sent: refund",
}


def word(ctx: Context, axis: str, code: str) -> str:
    """A code of one axis in the reader's language; an unknown one as it is."""
    return ctx.gettext(WORDS[axis].get(code, code))


def choices(ctx: Context, axis: str) -> list[tuple[str, str]]:
    """(code, text) of one axis, in the order of its life."""
    return [(code, ctx.gettext(text)) for code, text in WORDS[axis].items()]


def wording(ctx: Context) -> Callable[[str, str], str]:
    """`word` for templates: `words("payment", order.payment_status)`."""
    return lambda axis, code: word(ctx, axis, code)


def happened(ctx: Context, entry: TimelineEntry, fallback_currency: str) -> str:
    """What a timeline entry says; one that a plugin wrote under a kind of its own shows its message."""
    text = HAPPENED.get(entry.kind)
    if text is None:
        return entry.message or entry.kind
    return ctx.gettext(text, **_values(ctx, entry, fallback_currency)).rstrip()


def detail(ctx: Context, entry: TimelineEntry) -> str:
    """The entry's own words below it."""
    if entry.message == UNPAID:
        return ctx.gettext("It was not paid in time.")
    return entry.message if entry.kind in HAPPENED else ""


def _values(ctx: Context, entry: TimelineEntry, currency: str) -> dict[str, Any]:
    data = entry.data
    axis = "payment" if entry.kind == "payment_status" else "fulfilment"
    values = {name: str(data.get(name, "")) for name in ("provider", "review", "tracking", "event")}
    if "amount" in data:
        values["amount"] = ctx.money(Money(int(data["amount"]), str(data.get("currency") or currency)))
    if "old" in data:
        values |= {"old": word(ctx, axis, str(data["old"])), "new": word(ctx, axis, str(data["new"]))}
    return values


def totals(ctx: Context, order: Order) -> list[tuple[str, Money]]:
    """From subtotal to total; what is zero is left out, but for the two ends."""
    sums = [
        (ctx.gettext("Subtotal"), order.subtotal),
        (ctx.gettext("Discount"), order.discount),
        (ctx.gettext("Delivery"), order.shipping),
        (ctx.gettext("Fees"), order.fees),
        (ctx.gettext("Tax"), order.tax_added),
    ]
    shown = [(label, Money(amount, order.currency)) for i, (label, amount) in enumerate(sums) if amount or i == 0]
    return [*shown, (ctx.gettext("Total"), Money(order.total, order.currency))]
