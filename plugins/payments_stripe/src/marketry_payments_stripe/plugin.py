"""Manifest and wiring."""

from marketry import Plugin

plugin = Plugin(
    id="payments_stripe",
    title="Stripe",
    summary="Cards and wallets through Stripe's hosted checkout.",
)
