"""What is asked of Stripe to begin a payment. Pure."""

from datetime import timedelta
from typing import Any

from marketry.commerce.payment import Charge, Instrument
from marketry_payments_stripe.amounts import units_of
from marketry_payments_stripe.settings import StripeSettings

LOCALES = {"zh": "zh", "en": "en"}
LASTS_AT_LEAST = timedelta(minutes=31)  # Stripe takes 30 minutes from its own clock on


def checkout_of(charge: Charge, settings: StripeSettings) -> dict[str, Any]:
    """A hosted page for one sum. The same charge gives the same request: Stripe compares both under one idempotency key.

    What is to be saved is kept with the customer at Stripe whom earlier ones are kept with; the first makes that customer, when
    it is paid and not before, so that nobody is noted there who hasn't bought.
    """
    marks = {"attempt": charge.key, "order": charge.order_number}
    intent: dict[str, Any] = {
        "capture_method": settings.capture,
        "metadata": marks,
        "description": charge.description or charge.order_number,
    }
    customer = saved_with(charge) if charge.save_instrument else None
    if charge.save_instrument:
        intent["setup_future_usage"] = "off_session"
    item = {
        "quantity": 1,
        "price_data": {
            "currency": charge.amount.currency.lower(),
            "unit_amount": units_of(charge.amount),
            "product_data": {"name": charge.description or charge.order_number},
        },
    }
    asked: dict[str, Any] = {
        "mode": "payment",
        "client_reference_id": charge.key,
        "line_items": [item],
        "metadata": marks,
        "payment_intent_data": intent,
        "success_url": charge.return_url,
        "cancel_url": charge.cancel_url or charge.return_url,
        "locale": LOCALES.get(charge.locale, "auto"),
    }
    if charge.created_at is not None:
        lasts = max(timedelta(minutes=settings.minutes), LASTS_AT_LEAST)
        asked["expires_at"] = int((charge.created_at + lasts).timestamp())
    if customer:
        asked["customer"] = customer
    elif charge.email:
        asked["customer_email"] = charge.email
    if charge.save_instrument and not customer:
        asked["customer_creation"] = "always"
    return asked


def saved_with(charge: Charge) -> str | None:
    """The customer at Stripe who has what our customer saved before."""
    return parts_of(charge.saved[0])[0] if charge.saved else None


def parts_of(instrument: Instrument) -> tuple[str, str]:
    """Customer (`cus_…`) and payment method (`pm_…`)."""
    customer, _, method = instrument.token.partition(":")
    return customer, method


def intent_of(charge: Charge, instrument: Instrument, settings: StripeSettings, *, present: bool) -> dict[str, Any]:
    """A charge of what was saved. `present`: its owner is there, and can be sent to their bank to prove who they are."""
    customer, method = parts_of(instrument)
    asked: dict[str, Any] = {
        "amount": units_of(charge.amount),
        "currency": charge.amount.currency.lower(),
        "customer": customer,
        "payment_method": method,
        "capture_method": settings.capture,
        "confirm": True,
        "description": charge.description or charge.order_number,
        "metadata": {"attempt": charge.key, "order": charge.order_number},
    }
    return {**asked, "return_url": charge.return_url} if present else {**asked, "off_session": True}
