"""Manifest and wiring."""

from collections.abc import Sequence

from marketry import Plugin, hookimpl
from marketry.commerce.payment import PaymentProvider
from marketry.connections import ConnectionTest
from marketry_payments_alipay.settings import AlipaySettings

plugin = Plugin(
    id="payments_alipay",
    title="Alipay",
    summary="Alipay on large screens, on phones and by QR code.",
    settings=AlipaySettings,
    critical=True,
)


@hookimpl
def payment_providers() -> Sequence[PaymentProvider]:
    from marketry_payments_alipay.provider import Alipay

    return (Alipay(),)


@hookimpl
def connection_tests() -> Sequence[ConnectionTest]:
    from marketry_payments_alipay.connection import ALIPAY

    return (ALIPAY,)
