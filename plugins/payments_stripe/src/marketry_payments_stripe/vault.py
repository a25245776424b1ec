"""Saved cards at Stripe: taking them away, and what a decline means.

Source: https://docs.stripe.com/api/payment_methods/detach, /customers/delete, https://docs.stripe.com/declines/codes.
"""

import stripe
from stripe import StripeClient

from marketry import Context, Problem
from marketry.commerce.payment import Instrument
from marketry.telemetry import log
from marketry_payments_stripe.client import FINAL, refused
from marketry_payments_stripe.sessions import parts_of

PROOF_CODES = ("authentication_required", "payment_intent_authentication_failure")
GONE = "resource_missing"


def forget(ctx: Context, client: StripeClient, instrument: Instrument, whole_person: bool) -> None:
    """Detach it for good; deleting the customer detaches all that they have. What is gone already is well."""
    customer, method = parts_of(instrument)
    try:
        if whole_person:
            client.v1.customers.delete(customer)
        elif client.v1.payment_methods.retrieve(method).customer:
            client.v1.payment_methods.detach(method)
    except FINAL as error:
        if error.code != GONE and not _detached(client, method):
            raise refused(ctx, error) from error


def _detached(client: StripeClient, method: str) -> bool:
    """Whether somebody else was quicker."""
    try:
        return not client.v1.payment_methods.retrieve(method).customer
    except FINAL:
        return False


def declined(ctx: Context, error: stripe.CardError) -> Problem:
    """Why a saved card wasn't charged: its owner must prove who they are, or their bank has said no."""
    log.info("stripe_card_declined", code=error.code, request=error.request_id)
    if error.code in PROOF_CODES:
        message = ctx.gettext("Your bank wants you to confirm this payment yourself.")
        return Problem("authentication_required", message, "payments", status=409)
    reason = error.user_message or error.code or ""
    return Problem("payment_declined", ctx.gettext("Your bank refused: %(reason)s", reason=reason), "payments", status=409)
