"""What customers have saved to pay with: finding it, and who may use it.

Kept by customer and provider; what a token stands for, the provider alone knows. Another's is never found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from marketry import Context, Problem
from marketry.commerce.payment import AccountHolder, Instrument, PaymentProvider, Vault
from marketry.web.values import ActorKind
from marketry_orders.models import SavedMeans


@dataclass(frozen=True, slots=True)
class Wish:
    """What a choice of payment says about saving: keep what it is paid with, or pay with the saved `instrument`."""

    save: bool = False
    instrument: str | None = None

    @classmethod
    def of(cls, choice: Any) -> "Wish":
        return cls(bool(choice.get("save")), choice.get("instrument") or None)


NO_WISH = Wish()


def may_use(ctx: Context, customer: str | None) -> bool:
    """Whether whoever acts may pay with what `customer` saved: the customer, or a plugin's job on their behalf. A cart's token
    alone is not enough."""
    return customer is not None and (ctx.actor.id == customer or ctx.actor.kind == ActorKind.SYSTEM)


def is_vault(provider: PaymentProvider) -> bool:
    return isinstance(provider, Vault)


def saved_by(ctx: Context, customer: str, provider: str | None = None) -> Sequence[SavedMeans]:
    """The one used last first. Inside a unit of work."""
    found = select(SavedMeans).where(col(SavedMeans.customer) == customer)
    if provider is not None:
        found = found.where(col(SavedMeans.provider) == provider)
    return ctx.session.scalars(found.order_by(col(SavedMeans.used_at).desc(), col(SavedMeans.id))).all()


def own(ctx: Context, customer: str | None, id: str | None) -> SavedMeans | None:
    """The saved means `id`, if it is `customer`'s. Inside a unit of work."""
    found = ctx.session.get(SavedMeans, id) if id and customer else None
    return found if found is not None and found.customer == customer else None


def is_past(ctx: Context, one: SavedMeans) -> bool:
    return bool(one.expires) and one.expires < ctx.now().strftime("%Y-%m")


def is_known(ctx: Context, provider: object, one: SavedMeans) -> bool:
    """Whether the keys of now are of the account and the mode that `one` was saved in: a card that was kept while the gateway was
    tried isn't there when the shop is live. What isn't known isn't compared."""
    account, live = provider.account(ctx) if isinstance(provider, AccountHolder) else ("", None)
    return not (account and one.account and account != one.account) and (None in (live, one.live) or live == one.live)


def instrument_of(one: SavedMeans) -> Instrument:
    return Instrument(one.token, one.label, one.expires, one.same_as)


def objection_to(ctx: Context, customer: str | None, provider: PaymentProvider, wish: Wish) -> Problem | None:
    """Why `wish` can't be had with `provider`, or None. Inside a unit of work."""
    if wish.save and not (is_vault(provider) and may_use(ctx, customer)):
        message = ctx.gettext("Sign in to save what you pay with; not every way to pay can be saved.")
        return Problem("not_saveable", message, "save")
    if wish.instrument is None:
        return None
    found = own(ctx, customer, wish.instrument) if may_use(ctx, customer) else None
    if found is None or found.provider != provider.code or not is_known(ctx, provider, found):
        message = ctx.gettext("This saved card isn't there any more. Please choose how to pay.")
        return Problem("instrument_unknown", message, "instrument")
    if is_past(ctx, found):
        return Problem("instrument_expired", ctx.gettext("This card has expired. Please choose another one."), "instrument")
    return None


def choosable(ctx: Context, customer: str | None, offered: Sequence[PaymentProvider]) -> list[SavedMeans]:
    """What `customer`, who must be the one who acts, can pay with now by one of the `offered` providers."""
    if customer is None or ctx.actor.id != customer:
        return []
    vaults = {provider.code: provider for provider in offered if is_vault(provider)}
    saved = [one for one in saved_by(ctx, customer) if one.provider in vaults] if vaults else []
    return [one for one in saved if is_known(ctx, vaults[one.provider], one) and not is_past(ctx, one)]
