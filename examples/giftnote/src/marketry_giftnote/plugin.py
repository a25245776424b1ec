"""Manifest and wiring. Tables and pages are imported only when they are needed."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from marketry import Context, Money, Permission, Plugin, hookimpl
from marketry.commerce.cart import Cart
from marketry.commerce.checkout import Draft, Hold, Input, Scope
from marketry.commerce.events import OrderCancelled
from marketry.commerce.fold import PricingStep
from marketry.commerce.payment import PaymentProvider
from marketry.commerce.quote import Stage
from marketry.jobs.values import Job, Schedule, Subscriber
from marketry.web.values import Asset, Link, MenuEntry, SlotFill
from marketry_giftnote.notes import KEY, Note, Price, charge_notes
from marketry_giftnote.settings import GiftNoteSettings

if TYPE_CHECKING:
    from fastapi import APIRouter

plugin = Plugin(
    id="giftnote",
    title="Gift notes",
    summary="A card in the parcel, written by hand, for a fee.",
    settings=GiftNoteSettings,
    permissions=(
        Permission("giftnote.card.read", "See the cards to write"),
        Permission("giftnote.card.write", "Mark cards as written"),
    ),
    models="marketry_giftnote.models",
    critical=True,  # without it, carts with notes would cost less than what the buyer agreed to
)


# --- the price ----------------------------------------------------------------------------------------------------
@hookimpl
def checkout_inputs() -> Sequence[Input]:
    return (Input(KEY, Scope.LINE, Note, "Gift note", applies=lambda cart, line: line is not None and line.item.shippable),)


@hookimpl
def pricing_facts(ctx: Context, cart: Cart) -> object | None:
    """What a note costs in this cart's currency."""
    minor = ctx.settings(GiftNoteSettings).prices.get(cart.currency, 0)
    return Price(Money(minor, cart.currency), ctx.gettext("Gift note"))


@hookimpl
def pricing_steps() -> Sequence[PricingStep]:
    return (PricingStep("note", Stage.LINE, charge_notes),)


# --- the card -----------------------------------------------------------------------------------------------------
@hookimpl
def order_committing(ctx: Context, draft: Draft) -> Sequence[Hold]:
    from marketry_giftnote.cards import order_cards

    order_cards(ctx, draft)
    return ()


@hookimpl
def subscribe() -> Sequence[Subscriber]:
    from marketry_giftnote.cards import drop_cards

    return (Subscriber("drop", OrderCancelled, drop_cards),)


@hookimpl
def jobs() -> Sequence[Job]:
    from marketry_giftnote.reminding import remind

    return (Job("remind", remind),)


@hookimpl
def schedules() -> Sequence[Schedule]:
    from marketry_giftnote.reminding import every_day

    return (Schedule("every_day", timedelta(days=1), every_day),)


@hookimpl
def export_subject(ctx: Context, who: str) -> Mapping[str, Any]:
    from marketry_giftnote.cards import export_cards

    return export_cards(ctx, who)


@hookimpl
def erase_subject(ctx: Context, who: str) -> int:
    from marketry_giftnote.cards import erase_cards

    return erase_cards(ctx, who)


# --- payment ------------------------------------------------------------------------------------------------------
@hookimpl
def payment_providers() -> Sequence[PaymentProvider]:
    from marketry_giftnote.counter import Counter

    return (Counter(),)


# --- pages --------------------------------------------------------------------------------------------------------
@hookimpl
def routes(area: str) -> "Sequence[APIRouter]":
    if area == "shop":
        from marketry_giftnote.routes.shop import router as shop

        return (shop,)
    if area == "admin":
        from marketry_giftnote.routes.admin import router as admin

        return (admin,)
    return ()


@hookimpl
def slots() -> Sequence[SlotFill]:
    """`optional`: the slots belong to plugins that a site need not have."""
    return (
        SlotFill("product.below_price", template="giftnote/offer.html", optional=True),
        SlotFill("admin.order.aside", render=draw_cards, optional=True),
    )


def draw_cards(ctx: Context, number: str) -> Any:
    """The cards of an order, on its page in the back office; nothing where there are none."""
    from markupsafe import Markup

    from marketry.web import render_text
    from marketry_giftnote.cards import cards_of

    with ctx.reading():
        cards = cards_of(ctx, number)
    return Markup(render_text(ctx, "giftnote/of_order.html", cards=cards)) if cards else None  # noqa: S704 - Jinja2 has escaped it


@hookimpl
def assets(area: str) -> Sequence[Asset]:
    return (Asset("giftnote/giftnote.css"),) if area == "shop" else ()


@hookimpl
def navigation(ctx: Context) -> Sequence[Link]:
    return (Link(ctx.gettext("Gift notes"), ctx.url("/gift-notes")),)


@hookimpl
def admin_menu(ctx: Context) -> Sequence[MenuEntry]:
    entry = MenuEntry(ctx.gettext("Gift notes"), "/admin/gift-notes", "giftnote.card.read", "sell", "mail", 70, count_waiting)
    return (entry,)


def count_waiting(ctx: Context) -> int:
    from marketry_giftnote.cards import how_many_wait

    with ctx.reading():
        return how_many_wait(ctx)
