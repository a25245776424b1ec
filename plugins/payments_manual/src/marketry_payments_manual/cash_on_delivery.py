"""Cash on delivery: the courier collects; a fee and limits keep it worth while."""

from typing import TYPE_CHECKING

from marketry.commerce.money import Money
from marketry.commerce.payment import Action, AttemptState, Charge, Snapshot
from marketry.commerce.quote import Quote
from marketry.problems import Problem
from marketry_payments_manual.recorded import RecordedByStaff
from marketry_payments_manual.settings import ManualPaymentSettings

if TYPE_CHECKING:
    from marketry import Context


class CashOnDelivery(RecordedByStaff):
    """Offered for goods that travel, within the limits of the order's total and to the countries of the settings."""

    code = "cash_on_delivery"

    def label(self, ctx: "Context") -> str:
        return ctx.gettext("Cash on delivery")

    def offered(self, ctx: "Context", quote: Quote) -> Problem | None:
        reason = _objection(ctx, ctx.settings(ManualPaymentSettings), quote)
        return Problem("payment_method_unavailable", reason, "payments") if reason else None

    def fee(self, ctx: "Context", quote: Quote) -> Money | None:
        minor = ctx.settings(ManualPaymentSettings).cash_fee.get(quote.currency, 0)
        return Money(minor, quote.currency) if minor else None

    def initiate(self, ctx: "Context", charge: Charge) -> Snapshot:
        """The goods go out first, so there is no deadline."""
        shown = {"Amount": ctx.money(charge.amount), "Reference": charge.order_number}
        action = Action("show", instructions=shown, template="payments_manual/cash_on_delivery.html")
        return Snapshot(AttemptState.PROCESSING, remote_id=charge.key, action=action)


def _objection(ctx: "Context", settings: ManualPaymentSettings, quote: Quote) -> str | None:
    """Why not, worded for the buyer. Limits look at the total before fees, so choosing it can't push an order over them."""
    if not settings.cash_enabled:
        return ctx.gettext("This shop doesn't offer cash on delivery.")
    if not quote.delivers:
        return ctx.gettext("Nothing in this cart is delivered, so nobody could collect the money.")
    address = quote.cart.shipping_address
    country = address.country if address else quote.cart.country
    if settings.cash_countries and country not in settings.cash_countries:
        return ctx.gettext("Cash on delivery isn't possible in this country. Choose another way to pay.")
    value = quote.total - quote.fees
    least, most = (limits.get(quote.currency) for limits in (settings.cash_minimum, settings.cash_maximum))
    if least is not None and value.minor < least:
        return ctx.gettext("Cash on delivery starts at %(amount)s.", amount=ctx.money(Money(least, quote.currency)))
    if most is not None and value.minor > most:
        return ctx.gettext("Cash on delivery ends at %(amount)s.", amount=ctx.money(Money(most, quote.currency)))
    return None
