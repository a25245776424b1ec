"""A customer's saved means of payment, as their account and other plugins see them. The service `Wallet`."""

from collections.abc import Sequence

from marketry import Context
from marketry.commerce.vault import SavedInstrument
from marketry_orders.forgetting import remove
from marketry_orders.payment_choices import providers
from marketry_orders.wallet import is_past, is_vault, saved_by


class OrdersWallet:
    def saved(self, ctx: Context, customer: str) -> Sequence[SavedInstrument]:
        vaults = {code for code, answer in providers(ctx).items() if is_vault(answer.value)}
        with ctx.reading():
            return [
                SavedInstrument(one.id, one.provider, one.label, one.expires, one.provider in vaults and not is_past(ctx, one))
                for one in saved_by(ctx, customer)
            ]

    def remove(self, ctx: Context, customer: str, instrument: str) -> bool:
        return remove(ctx, customer, instrument)


def keeps_cards(ctx: Context) -> bool:
    """Whether any way to pay here can be saved."""
    return any(is_vault(answer.value) for answer in providers(ctx).values())
