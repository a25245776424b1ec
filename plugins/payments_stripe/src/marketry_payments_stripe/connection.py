"""Trying the connection to Stripe: whose account the key opens, in which mode, and whether it may do what payments need."""

from typing import TYPE_CHECKING, Any

import stripe

from marketry.connections import ConnectionResult, ConnectionTest
from marketry_payments_stripe.client import client_of
from marketry_payments_stripe.settings import StripeSettings

if TYPE_CHECKING:
    from marketry import Context

NEEDED = "Checkout Sessions, PaymentIntents, Charges and Refunds, Disputes, Customers"


def try_stripe(ctx: "Context") -> ConnectionResult:
    """Read the newest checkout, refund and dispute, and the account. Nothing is changed there."""
    _, settings = ctx.gettext, ctx.settings(StripeSettings)
    if not settings.complete:
        return ConnectionResult(False, _("No secret key is saved. Copy it from Stripe's dashboard: Developers, API keys."))
    try:
        account = _account(client_of(ctx))
    except stripe.StripeError as error:
        return ConnectionResult(False, _what_to_do(ctx, error))
    facts = {
        _("Account"): _named(account) or settings.account,
        _("Mode"): _("live: real money moves") if settings.live else _("test: no money moves"),
    }
    trouble = _trouble(ctx, settings, account)
    return ConnectionResult(not trouble, trouble or _("Stripe takes the key, and this account takes payments."), facts)


def _account(client: stripe.StripeClient) -> dict[str, Any]:
    """Empty for a restricted key that may do everything that payments need, which doesn't include reading the account."""
    client.v1.checkout.sessions.list({"limit": 1})
    client.v1.refunds.list({"limit": 1})
    client.v1.disputes.list({"limit": 1})
    try:
        return client.v1.accounts.retrieve_current().to_dict()
    except stripe.PermissionError:
        return {}


def _named(account: dict[str, Any]) -> str:
    name = ((account.get("settings") or {}).get("dashboard") or {}).get("display_name") or ""
    return " · ".join(filter(None, (str(account.get("id", "")), name)))


def _trouble(ctx: "Context", settings: StripeSettings, account: dict[str, Any]) -> str:
    """What still stands in the way of payments, though the key is taken."""
    _ = ctx.gettext
    if account and settings.account and account["id"] != settings.account:
        other = _("The key is of another account than the one that is set (%(account)s). Correct one of the two.")
        return other % {"account": settings.account}
    if settings.live and not account.get("charges_enabled", True):
        return _("This account can't take payments yet. Finish its activation in Stripe's dashboard.")
    if not settings.secrets:
        missing = _(
            "The key works, but no webhook secret is saved, so Stripe's notices are refused. Add the endpoint %(url)s in "
            "Stripe's dashboard and save its secret here."
        )
        return missing % {"url": ctx.site.base_url.rstrip("/") + "/hooks/payments_stripe"}
    return ""


def _what_to_do(ctx: "Context", error: stripe.StripeError) -> str:
    _ = ctx.gettext
    if isinstance(error, stripe.AuthenticationError):
        return _("Stripe doesn't know this secret key, or it was revoked. Copy the key anew from Developers, API keys.")
    if isinstance(error, stripe.PermissionError):
        return _("The restricted key lacks permissions. It needs: %(needed)s.", needed=NEEDED)
    if isinstance(error, stripe.APIConnectionError):
        told = str(error.__cause__ or error)
        return _(
            "Stripe can't be reached: %(reason)s. Look at the address of the API and at this server's way out, then try again.",
            reason=told,
        )
    return _("Stripe is in trouble (status %(status)s). Try again in a while.", status=str(error.http_status or "?"))


STRIPE = ConnectionTest("stripe", "Stripe", try_stripe)
