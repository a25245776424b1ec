"""Everything about one payment, for staff who look into it: its attempt, ledger, what was asked, and what came, as it came."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from sqlalchemy import select
from sqlmodel import col

from marketry import Context
from marketry.jobs.webhooks import Webhook, stored_webhook
from marketry.problems import not_found
from marketry_orders.models import Operation, Order, Payment, TimelineEntry, Transaction
from marketry_orders.payment_desk import NOTED, NOTICE


@dataclass(frozen=True, slots=True)
class PaymentFile:
    order: Order
    payment: Payment
    ledger: Sequence[Transaction]
    operations: Sequence[Operation]
    notices: Sequence[tuple[Webhook, str]]


def payment_file(ctx: Context, payment_id: str) -> PaymentFile:
    """404 for an id that is none. Inside a session."""
    session = ctx.session
    payment = session.get(Payment, payment_id)
    if payment is None:
        raise not_found(ctx.gettext("There is no such payment."), "unknown_payment")
    order = session.get_one(Order, payment.order_id)
    ledger = session.scalars(select(Transaction).where(col(Transaction.payment_id) == payment_id).order_by(col(Transaction.id)))
    asked = session.scalars(
        select(Operation).where(col(Operation.payment_id) == payment_id).order_by(col(Operation.requested_at), col(Operation.id))
    )
    return PaymentFile(order, payment, ledger.all(), asked.all(), _notices(ctx, order, payment))


def _notices(ctx: Context, order: Order, payment: Payment) -> list[tuple[Webhook, str]]:
    """Those that are kept still, oldest first, each with its body to read."""
    of_order = (col(TimelineEntry.order_id) == order.id, col(TimelineEntry.kind) == NOTED)
    told = ctx.session.scalars(select(col(TimelineEntry.data)).where(*of_order).order_by(col(TimelineEntry.id))).all()
    found = []
    for number in (int(data["webhook"]) for data in told if data.get("payment") == payment.id):
        try:
            stored = stored_webhook(ctx, number)
        except LookupError:
            continue
        found.append((stored, readable(stored.body)))
    return found


def readable(body: bytes) -> str:
    """JSON set out, a form a field a line, anything else as it is."""
    text = body.decode(errors="replace")
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        fields = parse_qsl(text, keep_blank_values=True)
        return "\n".join(f"{name} = {value}" for name, value in fields) or text


def kind_of(notice: Webhook) -> str:
    return str(json.loads(notice.headers.get(NOTICE, "{}")).get("kind", ""))
