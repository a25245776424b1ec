"""Stripe's notices: authenticated over the raw body, and believed in nothing but whom to ask about.

Source: https://docs.stripe.com/webhooks#verify-manually. The SDK checks a signature for age only; one from the future is
as wrong.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from stripe import SignatureVerificationError, WebhookSignature

from marketry import Context, Problem, Refused
from marketry.commerce.payment import Notice, RawRequest
from marketry_payments_stripe.settings import StripeSettings

TOLERANCE = 300  # seconds, either way
HANDLED = ("checkout.session.", "payment_intent.", "refund.", "charge.refund", "charge.dispute.")


def read(ctx: Context, settings: StripeSettings, request: RawRequest) -> Notice:
    """The notice, once it is known to be Stripe's, recent, of this mode and account; Refused (400) otherwise."""
    try:
        _check(request.body, request.headers.get("stripe-signature", ""), settings.secrets, ctx.now())
        event = json.loads(request.body)
        if bool(event["livemode"]) != settings.live:
            raise ValueError("of the other mode")
        if settings.account and event.get("account", settings.account) != settings.account:
            raise ValueError(f"of the account {event['account']}")
        told = event["data"]["object"]
        return _notice(str(event["id"]), str(event["type"]), told)
    except (ValueError, KeyError, TypeError, AttributeError, SignatureVerificationError) as error:
        message = ctx.gettext("This notice isn't genuine, or isn't for this shop.")
        raise Refused(Problem("bad_notice", message, status=400)) from error


def _check(body: bytes, header: str, secrets: Sequence[str], now: datetime) -> None:
    parts = [part.partition("=") for part in header.split(",")]
    (stamp,) = [value for name, _, value in parts if name == "t"]
    if abs(int(now.timestamp()) - int(stamp)) > TOLERANCE:
        raise ValueError("too old, or from the future")
    if not any(_signed_with(secret, body, header) for secret in secrets):
        raise ValueError("no signature fits")


def _signed_with(secret: str, body: bytes, header: str) -> bool:
    try:
        return bool(WebhookSignature.verify_header(body, header, secret, tolerance=None))
    except SignatureVerificationError:
        return False


def _notice(event: str, kind: str, told: Mapping[str, Any]) -> Notice:
    """Sessions carry our key; what hangs on a payment intent carries the intent's id."""
    if not kind.startswith(HANDLED):
        return Notice(event, kind=kind)
    if told.get("object") == "checkout.session":
        return Notice(event, str(told["id"]), _text(told.get("client_reference_id")), kind)
    key = (told.get("metadata") or {}).get("attempt")
    intent = told["id"] if told.get("object") == "payment_intent" else told.get("payment_intent")
    return Notice(event, _text(intent), _text(key), kind)


def _text(name: object) -> str | None:
    return str(name) if name else None
