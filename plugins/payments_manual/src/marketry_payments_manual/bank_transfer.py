"""Bank transfer: the buyer gets the account and a reference, staff see the money on the statement."""

from datetime import timedelta
from typing import TYPE_CHECKING

from marketry.commerce.money import Money
from marketry.commerce.payment import Action, AttemptState, Charge, Snapshot
from marketry.commerce.quote import Quote
from marketry.problems import Problem, Refused
from marketry_payments_manual.recorded import RecordedByStaff
from marketry_payments_manual.settings import BankAccount, ManualPaymentSettings

if TYPE_CHECKING:
    from marketry import Context


class BankTransfer(RecordedByStaff):
    """Offered in every currency that has an account. The reference is the order's number."""

    code = "bank_transfer"

    def label(self, ctx: "Context") -> str:
        return ctx.gettext("Bank transfer")

    def offered(self, ctx: "Context", quote: Quote) -> Problem | None:
        offered = quote.currency in ctx.settings(ManualPaymentSettings).bank_accounts
        return None if offered else _no_account(ctx, quote.currency)

    def fee(self, ctx: "Context", quote: Quote) -> Money | None:
        return None

    def initiate(self, ctx: "Context", charge: Charge) -> Snapshot:
        """Instructions with the account as it stands now; an order keeps them when the settings change later."""
        settings = ctx.settings(ManualPaymentSettings)
        account = settings.bank_accounts.get(charge.amount.currency)
        if account is None:
            raise Refused(_no_account(ctx, charge.amount.currency))
        expires_at = ctx.now() + timedelta(days=settings.bank_days)
        action = Action(
            "show",
            instructions=instructions(account, ctx.money(charge.amount), charge.order_number),
            expires_at=expires_at,
            template="payments_manual/bank_transfer.html",
        )
        return Snapshot(AttemptState.REQUIRES_ACTION, remote_id=charge.key, action=action, expires_at=expires_at)


def instructions(account: BankAccount, amount: str, reference: str) -> dict[str, str]:
    """What the buyer copies into the bank's form. Keys are English and translated where they are shown."""
    rows = {
        "Account holder": account.holder,
        "Account number": account.number,
        "Bank": account.bank,
        "BIC": account.bic,
        "Amount": amount,
        "Reference": reference,
        "Note": account.note,
    }
    return {label: value for label, value in rows.items() if value}


def _no_account(ctx: "Context", currency: str) -> Problem:
    message = ctx.gettext("Bank transfer isn't possible in %(currency)s. Choose another way to pay.", currency=currency)
    return Problem("payment_method_unavailable", message, "payments")
