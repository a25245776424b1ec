"""What is asked of Stripe to begin a payment. Pure."""

from datetime import timedelta
from typing import Any

from marketry.commerce.payment import Charge
from marketry_payments_stripe.amounts import units_of
from marketry_payments_stripe.settings import StripeSettings

LOCALES = {"zh": "zh", "en": "en"}
LASTS_AT_LEAST = timedelta(minutes=31)  # Stripe takes 30 minutes from its own clock on


def checkout_of(charge: Charge, settings: StripeSettings, customer: str | None) -> dict[str, Any]:
    """A hosted page for one sum. The same charge gives the same request: Stripe compares both under one idempotency key."""
    marks = {"attempt": charge.key, "order": charge.order_number}
    saving = bool(charge.save_instrument and customer)
    intent: dict[str, Any] = {
        "capture_method": settings.capture,
        "metadata": marks,
        "description": charge.description or charge.order_number,
    }
    if saving:
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
    return asked


def off_session_of(charge: Charge, customer: str, method: str) -> dict[str, Any]:
    """A charge of a saved instrument while nobody is there to confirm it."""
    return {
        "amount": units_of(charge.amount),
        "currency": charge.amount.currency.lower(),
        "customer": customer,
        "payment_method": method,
        "off_session": True,
        "confirm": True,
        "description": charge.description or charge.order_number,
        "metadata": {"attempt": charge.key, "order": charge.order_number},
    }
