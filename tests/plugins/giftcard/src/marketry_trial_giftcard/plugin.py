"""Gift cards: bought as a line that takes no stock, at a price the buyer names; spent beside any other way to pay."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select

from marketry import Context, Money, Plugin, hookimpl
from marketry.commerce.cart import Cart, CartLine, LineId
from marketry.commerce.checkout import Draft, Hold, Input, Scope, Step
from marketry.commerce.events import OrderPaid
from marketry.commerce.items import Item
from marketry.commerce.payment import PaymentProvider
from marketry.jobs.values import Subscriber

SKU = "GIFT-CARD"
plugin = Plugin(id="giftcard", title="Gift cards", models="marketry_trial_giftcard.models", after=("catalog",), critical=True)
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=40)]


class Worth(BaseModel):
    """What a card to be bought is worth, in minor units; `code` is chosen by the giver."""

    model_config = ConfigDict(strict=True, extra="forbid")
    amount: int = Field(ge=500, le=50_000)
    code: Code


class Spent(BaseModel):
    """The card to pay with."""

    model_config = ConfigDict(strict=True, extra="forbid")
    code: Code


def _is_card(cart: Cart, line: CartLine | None) -> bool:
    return line is not None and line.item.sku == SKU


@hookimpl
def resolve_items(ctx: Context, skus: Sequence[str]) -> Mapping[str, Item]:
    return {SKU: Item(SKU, ctx.gettext("Gift card"), kind="giftcard", tax_class="none", shippable=False)} if SKU in skus else {}


@hookimpl
def checkout_inputs() -> Sequence[Input]:
    return (
        Input("worth", Scope.LINE, Worth, "Worth of the card", applies=_is_card, required=True),
        Input("card", Scope.CART, Spent, "Gift card", step=Step.PAYMENT),
    )


@hookimpl
def base_prices(ctx: Context, lines: Sequence[CartLine]) -> Mapping[LineId, Money]:
    worths = {line.id: line.data.get("giftcard", {}).get("worth") for line in lines if line.item.sku == SKU}
    return {line: Money(worth["amount"], ctx.currency) for line, worth in worths.items() if worth}


@hookimpl
def payment_providers() -> Sequence[PaymentProvider]:
    from marketry_trial_giftcard.money import GiftCardMoney

    return (GiftCardMoney(),)


@hookimpl
def order_committing(ctx: Context, draft: Draft) -> Sequence[Hold]:
    from marketry_trial_giftcard.models import Sold
    from marketry_trial_giftcard.money import hashed

    for quoted in draft.quote.lines:
        if quoted.line.item.sku == SKU:
            worth = quoted.line.data["giftcard"]["worth"]
            card, price = hashed(worth["code"]), quoted.base
            sold = Sold(order_number=draft.number, line=quoted.id, hash=card, currency=price.currency, amount=price.minor)
            ctx.session.add(sold)
    return ()


@hookimpl
def subscribe() -> Sequence[Subscriber]:
    return (Subscriber("issue", OrderPaid, issue),)


def issue(ctx: Context, event: OrderPaid) -> None:
    """Put the money on the cards of a paid order; the receipt makes it happen once."""
    from marketry_trial_giftcard.models import Card, Sold

    for sold in ctx.session.execute(select(Sold).where(Sold.order_number == event.number)).scalars():  # type: ignore[arg-type]
        card = ctx.session.get(Card, sold.hash) or Card(hash=sold.hash, currency=sold.currency, balance=0)
        card.balance += sold.amount
        ctx.session.add(card)
