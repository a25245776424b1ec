"""Loyalty points: earned when an order is paid, redeemed as a discount in the checkout, shown on the product's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from markupsafe import Markup, escape
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, update

from marketry import Context, Money, Plugin, Problem, Refused, hookimpl
from marketry.commerce.cart import Cart
from marketry.commerce.checkout import Draft, Hold, Input, Scope, Step
from marketry.commerce.events import OrderPaid
from marketry.commerce.fold import PricingStep
from marketry.commerce.quote import Adjustment, PricingFacts, Quote, Stage
from marketry.jobs.values import Subscriber
from marketry.web.values import SlotFill

PER_POINT = 20  # minor units that earn one point
plugin = Plugin(id="loyalty", title="Loyalty points", models="marketry_trial_loyalty.models", after=("orders",), critical=True)


class Redeem(BaseModel):
    """How many points to spend."""

    model_config = ConfigDict(strict=True, extra="forbid")
    points: int = Field(ge=1, le=1_000_000)


class Praise(BaseModel):
    """What a product's page says of points; for showing only."""

    model_config = ConfigDict(extra="forbid")
    words: str = Field(default="", max_length=80, title="Words about points", description="Shown below the price.")
    double: bool = Field(default=False, title="Double points")
    until: date | None = Field(default=None, title="Until")


class Thanks(BaseModel):
    """A gift that staff put into the parcel."""

    model_config = ConfigDict(extra="forbid")
    gift: Literal["pen", "note_book"] = Field(title="Gift")
    count: int = Field(default=1, ge=1, le=9, title="How many")


@dataclass(frozen=True, slots=True)
class Spending:
    """What `pricing_facts` found: points that this cart may spend, and how people call them."""

    points: int
    label: str


@hookimpl
def checkout_inputs() -> Sequence[Input]:
    return (Input("redeem", Scope.CART, Redeem, "Points to redeem", Step.PAYMENT),)


@hookimpl
def pricing_facts(ctx: Context, cart: Cart) -> object | None:
    """The points that this cart may spend: those asked for, as far as they are there."""
    from marketry_trial_loyalty.models import Account

    wanted = cart.data.get("loyalty", {}).get("redeem", {}).get("points", 0)
    if not wanted or not cart.email:
        return None
    there = ctx.session.execute(select(Account.points).where(Account.email == cart.email)).scalar()  # type: ignore[call-overload]
    return Spending(min(wanted, there or 0), ctx.gettext("Loyalty points"))


@hookimpl
def pricing_steps() -> Sequence[PricingStep]:
    return (PricingStep("redeem", Stage.ORDER, redeem),)


def redeem(quote: Quote, facts: PricingFacts) -> Sequence[Adjustment]:
    spending = facts.of("loyalty")
    if not isinstance(spending, Spending) or not spending.points:
        return []
    return [Adjustment("points", spending.label, Money(-spending.points, quote.currency), Stage.ORDER)]


@hookimpl
def order_committing(ctx: Context, draft: Draft) -> Sequence[Hold]:
    """Points leave with the order: what the discount came to after the fold's caps, and no more than is still there."""
    from marketry_trial_loyalty.models import Account, Claim

    spent = -sum(a.amount.minor for a in draft.quote.adjustments if a.source.plugin == "loyalty")
    email = draft.cart.email or ""
    if spent:
        mine: Any = (Account.email == email, Account.points >= spent)
        if ctx.session.execute(update(Account).where(*mine).values(points=Account.points - spent)).rowcount != 1:  # type: ignore[attr-defined]
            message = ctx.gettext("Some of your points were spent meanwhile. Please check the total.")
            raise Refused(Problem("points_spent", message, "inputs/loyalty/redeem", status=409))
    ctx.session.add(Claim(order_number=draft.number, email=email, spent=spent))
    return ()


@hookimpl
def subscribe() -> Sequence[Subscriber]:
    return (Subscriber("earn", OrderPaid, earn),)


def earn(ctx: Context, event: OrderPaid) -> None:
    from marketry_trial_loyalty.models import Account, Claim

    claim = ctx.session.get(Claim, event.number)
    if claim is not None:
        account = ctx.session.get(Account, claim.email) or Account(email=claim.email, points=0)
        account.points += event.amount // PER_POINT
        ctx.session.add(account)


@hookimpl
def extend_entity(entity: str) -> type[BaseModel] | None:
    entities: dict[str, type[BaseModel]] = {"catalog.product": Praise, "orders.order": Thanks}
    return entities.get(entity)


@hookimpl
def slots() -> Sequence[SlotFill]:
    return (
        SlotFill("checkout.summary", render=hint),
        SlotFill("product.below_price", render=praise, optional=True),
    )


def praise(ctx: Context, item: object, product: Any) -> Markup | None:
    said = product.extra.get("loyalty", {})
    words = [said.get("words", ""), ctx.gettext("Double points!") if said.get("double") else ""]
    return Markup("<p>{}</p>").format(" ".join(filter(None, words))) if any(words) else None


def hint(ctx: Context, quote: Quote) -> Markup:
    text = ctx.gettext("This order earns %(points)s points.", points=quote.total.minor // PER_POINT)
    return Markup("<p>{}</p>").format(escape(text))
