"""A customer's saved means of payment, as their account and other plugins see them. The service `Wallet`."""

from collections.abc import Sequence

from marketry import Context
from marketry.commerce.payment import PaymentProvider
from marketry.commerce.vault import SavedInstrument
from marketry_orders.forgetting import remove
from marketry_orders.models import SavedMeans
from marketry_orders.payment_choices import providers
from marketry_orders.wallet import is_known, is_past, is_vault, saved_by


class OrdersWallet:
    def saved(self, ctx: Context, customer: str) -> Sequence[SavedInstrument]:
        vaults = {code: answer.value for code, answer in providers(ctx).items() if is_vault(answer.value)}
        with ctx.reading():
            return [
                SavedInstrument(one.id, one.provider, one.label, one.expires, _usable(ctx, vaults.get(one.provider), one))
                for one in saved_by(ctx, customer)
            ]

    def remove(self, ctx: Context, customer: str, instrument: str) -> bool:
        return remove(ctx, customer, instrument)


def _usable(ctx: Context, vault: PaymentProvider | None, one: SavedMeans) -> bool:
    return vault is not None and is_known(ctx, vault, one) and not is_past(ctx, one)


def keeps_cards(ctx: Context) -> bool:
    """Whether any way to pay here can be saved."""
    return any(is_vault(answer.value) for answer in providers(ctx).values())
