"""Manifest and wiring."""

from collections.abc import Sequence

from marketry import Plugin, hookimpl
from marketry.commerce.payment import PaymentProvider
from marketry.connections import ConnectionTest
from marketry_payments_stripe.settings import StripeSettings

plugin = Plugin(
    id="payments_stripe",
    title="Stripe",
    summary="Cards and wallets through Stripe's hosted checkout.",
    settings=StripeSettings,
    critical=True,
)


@hookimpl
def payment_providers() -> Sequence[PaymentProvider]:
    from marketry_payments_stripe.provider import Stripe

    return (Stripe(),)


@hookimpl
def connection_tests() -> Sequence[ConnectionTest]:
    from marketry_payments_stripe.connection import STRIPE

    return (STRIPE,)
