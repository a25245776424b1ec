"""Where providers' plugins bring what they hear from their gateways: webhooks and the buyer's return."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from marketry import Context, Problem, Refused
from marketry.commerce.payment import Notice, PaymentProvider, RawRequest, WebhookReceiver
from marketry.crashpoints import reach
from marketry.jobs.webhooks import store_webhook, stored_webhook
from marketry_orders.fetching import fetch_payment
from marketry_orders.models import Payment


class OrdersDesk:
    """The service `PaymentDesk`."""

    def receive_webhook(self, ctx: Context, plugin: str, code: str, request: RawRequest) -> tuple[int, str]:
        provider = receiver(ctx, code)
        notice = provider.parse_webhook(ctx, request)
        headers = {**request.headers, "x-marketry-query": request.query, "x-marketry-plugin": plugin}
        with ctx.writing():
            store_webhook(ctx, "orders", "webhook", event_id=notice.event_id, body=request.body, headers=headers, account=code)
        reach("orders.webhooks.stored")
        return provider.acknowledge(ctx, notice)

    def notice(self, ctx: Context, code: str, notice: Notice) -> None:
        payment = payment_named(ctx, code, notice)
        if payment is not None:
            asked = {"payment": payment, "operation": notice.operation}
            ctx.enqueue("orders.fetch", asked, key=f"notice:{code}:{notice.event_id}")


class _Receiver(PaymentProvider, WebhookReceiver):
    """A provider that takes webhooks."""


def receiver(ctx: Context, code: str) -> _Receiver:
    provider = ctx.runtime.provider(code)
    if provider is None or not isinstance(provider, WebhookReceiver):
        raise Refused(Problem("no_webhooks", ctx.gettext("This payment method takes no notices."), status=404))
    return provider  # type: ignore[return-value]


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
    return ctx.session.scalar(
        select(Payment.id).where(Payment.provider == code, Payment.remote_id == notice.remote_id).limit(1)  # type: ignore[call-overload]
    )


def handle_webhook(ctx: Context, payload: Mapping[str, Any]) -> None:
    """Job `orders.webhook`: parse what was stored, fetch the payment it speaks of, settle. The notice itself is never
    believed; one about a payment that isn't ours is dropped."""
    with ctx.reading():
        stored = stored_webhook(ctx, int(payload["webhook"]))
        headers = {k: v for k, v in stored.headers.items() if not k.startswith("x-marketry-")}
        query = stored.headers.get("x-marketry-query", "")
        notice = receiver(ctx, stored.account).parse_webhook(ctx, RawRequest(stored.body, headers, query))
        payment = payment_named(ctx, stored.account, notice)
    if payment is not None:
        fetch_payment(ctx, payment, notice.operation)
