"""Where providers' plugins bring what they hear from their gateways: webhooks and the buyer's return."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import col

from marketry import Context, Problem, Refused
from marketry.commerce.money import Money
from marketry.commerce.payment import Notice, PaymentProvider, RawRequest, WebhookReceiver
from marketry.crashpoints import reach
from marketry.jobs.webhooks import Webhook, store_webhook, stored_webhook
from marketry.telemetry import log
from marketry_orders.fetching import fetch_payment
from marketry_orders.locking import lock_order_of
from marketry_orders.models import Payment, TimelineEntry, Transaction
from marketry_orders.timeline import record

NOTICE = "x-marketry-notice"
NOTED = "payment.notice"
LONGEST = 200
_BY_REMOTE_ID = select(col(Payment.id)).where(
    col(Payment.provider) == bindparam("provider"), col(Payment.remote_id) == bindparam("remote_id")
).limit(1)  # fmt: skip
# A dispute or a refund made elsewhere names the movement it belongs to.
_BY_MOVEMENT = (
    select(col(Payment.id))
    .join(Transaction, col(Transaction.payment_id) == col(Payment.id))
    .where(col(Payment.provider) == bindparam("provider"), col(Transaction.remote_id) == bindparam("remote_id"))
    .limit(1)
)


class OrdersDesk:
    """The service `PaymentDesk`."""

    def receive_webhook(self, ctx: Context, plugin: str, code: str, request: RawRequest) -> tuple[int, str]:
        provider = receiver(ctx, code)
        notice = provider.parse_webhook(ctx, request)
        if not _storable(notice):
            raise Refused(Problem("bad_notice", ctx.gettext("This notice can't be read."), status=400))
        told = {"x-marketry-plugin": plugin, "x-marketry-query": request.query, NOTICE: json.dumps(asdict(notice))}
        headers = {**request.headers, **told}
        with ctx.writing():
            store_webhook(ctx, "orders", "webhook", event_id=notice.event_id, body=request.body, headers=headers, account=code)
        reach("orders.webhooks.stored")
        return provider.acknowledge(ctx, notice)

    def notice(self, ctx: Context, code: str, notice: Notice) -> None:
        payment = payment_named(ctx, code, notice)
        if payment is not None:
            asked = {"payment": payment, "operation": notice.operation, "told": notice.remote_id}
            ctx.enqueue("orders.fetch", asked, key=f"notice:{code}:{notice.event_id}")


class _Receiver(PaymentProvider, WebhookReceiver):
    """A provider that takes webhooks."""


def receiver(ctx: Context, code: str) -> _Receiver:
    provider = ctx.runtime.provider(code)
    if provider is None or not isinstance(provider, WebhookReceiver):
        raise Refused(Problem("no_webhooks", ctx.gettext("This payment method takes no notices."), status=404))
    return provider  # type: ignore[return-value]


def _storable(notice: Notice) -> bool:
    """Names as gateways give them: what is longer, or holds a NUL, no database would take."""
    names = (notice.event_id, notice.remote_id or "", notice.key or "", notice.kind, notice.operation)
    return all(len(name) <= LONGEST and "\0" not in name for name in names)


def payment_named(ctx: Context, code: str, notice: Notice) -> str | None:
    """The attempt that `notice` speaks of: by our key, else by the provider's id; None for other people's payments."""
    if notice.key:
        found: str | None = ctx.session.scalar(
            select(Payment.id).where(Payment.id == notice.key, Payment.provider == code)  # type: ignore[call-overload]
        )
        if found:
            return found
    if not notice.remote_id:
        return None
    known = {"provider": code, "remote_id": notice.remote_id}
    return ctx.session.scalar(_BY_REMOTE_ID, known) or ctx.session.scalar(_BY_MOVEMENT, known)


def handle_webhook(ctx: Context, payload: Mapping[str, Any]) -> None:
    """Job `orders.webhook`: fetch the payment that the notice speaks of, settle. The notice itself is never believed; one
    about a payment that isn't ours is dropped. It was authenticated when it came: by now its signature may be too old."""
    with ctx.reading():
        stored = stored_webhook(ctx, int(payload["webhook"]))
        notice = notice_of(stored)
        payment = payment_named(ctx, stored.account, notice)
    if payment is None:
        return
    if _write_down(ctx, payment, stored, notice):
        fetch_payment(ctx, payment, notice.operation, notice.remote_id)


def notice_of(stored: Webhook) -> Notice:
    """What the provider read out of a webhook when it came."""
    told = json.loads(stored.headers[NOTICE])
    amount = told.get("amount")
    return Notice(**{**told, "amount": Money(**amount) if amount else None})


def _write_down(ctx: Context, payment_id: str, stored: Webhook, notice: Notice) -> bool:
    """Once, however often the job runs: the order's diary says what came, and where it lies as it came. False for a notice of
    another amount than was asked: what it is about isn't this payment."""
    with ctx.writing() as session:
        order, payment = lock_order_of(ctx, payment_id)
        asked = Money(payment.amount, payment.currency)
        other = notice.amount if notice.amount != asked else None
        of_order = (col(TimelineEntry.order_id) == order.id, col(TimelineEntry.kind) == NOTED)
        if stored.id not in (data.get("webhook") for data in session.scalars(select(col(TimelineEntry.data)).where(*of_order))):
            who, kind = payment.label or payment.provider, notice.kind or notice.event_id
            why = _differs(ctx, notice.event_id, other, asked) if other else ""
            record(ctx, order, NOTED, why, payment=payment.id, provider=who, event=kind, webhook=stored.id)
        return other is None


def _differs(ctx: Context, event: str, told: Money, asked: Money) -> str:
    """For staff."""
    log.warning("notice_of_another_amount", notice=event, told=str(told), asked=str(asked))
    both = {"told": ctx.money(told), "asked": ctx.money(asked)}
    return ctx.gettext("It speaks of %(told)s instead of %(asked)s and was set aside.", **both)
