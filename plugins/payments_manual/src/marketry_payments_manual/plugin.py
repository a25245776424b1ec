"""Manifest and wiring."""

from collections.abc import Sequence

from marketry import Plugin, hookimpl
from marketry.commerce.payment import PaymentProvider
from marketry_payments_manual.bank_transfer import BankTransfer
from marketry_payments_manual.cash_on_delivery import CashOnDelivery
from marketry_payments_manual.settings import ManualPaymentSettings

plugin = Plugin(
    id="payments_manual",
    title="Bank transfer and cash on delivery",
    summary="Sell without a gateway account: staff mark the money as received.",
    settings=ManualPaymentSettings,
    critical=True,
)


@hookimpl
def payment_providers() -> Sequence[PaymentProvider]:
    return (BankTransfer(), CashOnDelivery())
