"""Manifest and wiring."""

from collections.abc import Sequence

from marketry import Plugin, hookimpl
from marketry.commerce.payment import PaymentProvider
from marketry_coinbox.settings import CoinboxSettings

plugin = Plugin(
    id="coinbox",
    title="Coinbox",
    summary="Payments on the pages of Coinbox.",
    settings=CoinboxSettings,
    critical=True,  # money that is under way must be looked after
)


@hookimpl
def payment_providers() -> Sequence[PaymentProvider]:
    from marketry_coinbox.provider import Coinbox

    return (Coinbox(),)
