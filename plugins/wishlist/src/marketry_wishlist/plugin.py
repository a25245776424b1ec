"""Manifest and wiring."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from marketry import Context, Permission, Plugin, hookimpl, order
from marketry.commerce.people import AccountLink, Customer
from marketry.jobs.values import Schedule
from marketry.web.values import Asset, Card, MenuEntry, SlotFill
from marketry_wishlist.settings import WishlistSettings

if TYPE_CHECKING:
    from fastapi import APIRouter
    from starlette.responses import Response

plugin = Plugin(
    id="wishlist",
    title="Wish list",
    summary="A heart on every product, a list for visitors and customers, a link to share it.",
    requires={"catalog": ">=1,<2"},
    settings=WishlistSettings,
    permissions=(Permission("wishlist.insight.read", "See what shoppers wish for"),),
    models="marketry_wishlist.models",
)


@hookimpl
def routes(area: str) -> "Sequence[APIRouter]":
    if area == "shop":
        from marketry_wishlist.routes import hearts, lists

        return (hearts.router, lists.router)
    if area == "api":
        from marketry_wishlist.routes.api import router as api

        return (api,)
    if area == "admin":
        from marketry_wishlist.routes.admin import router as admin

        return (admin,)
    return ()


@hookimpl
@order(before=("orders",))
def slots() -> Sequence[SlotFill]:
    """Before the cart, whose place in the header is the last."""
    from marketry_wishlist.hearts import on_cards, on_product

    return (
        SlotFill("product.card", render=on_cards),
        SlotFill("product.actions", render=on_product),
        SlotFill("shop.header_tools", template="wishlist/header_tool.html", steady=True),
    )


@hookimpl
def assets(area: str) -> Sequence[Asset]:
    return (Asset("wishlist/wishlist.css"), Asset("wishlist/wishlist.js")) if area == "shop" else ()


@hookimpl
def customer_arriving(ctx: Context, customer: Customer, response: "Response") -> None:
    from marketry_wishlist.lists import adopt

    adopt(ctx, customer, response)


@hookimpl
def account_links(ctx: Context) -> Sequence[AccountLink]:
    return (AccountLink(ctx.gettext("Wish list"), "/account/wishlist", "heart", 40),)


@hookimpl
def schedules() -> Sequence[Schedule]:
    from marketry_wishlist.lists import sweep

    return (Schedule("sweep", timedelta(hours=6), sweep),)


@hookimpl
def admin_menu(ctx: Context) -> Sequence[MenuEntry]:
    return (MenuEntry(ctx.gettext("Wishes"), "/admin/wishes", "wishlist.insight.read", "insight", "heart", 40),)


@hookimpl
def admin_dashboard(ctx: Context) -> Sequence[Card]:
    from marketry_wishlist.insight import cards

    return cards(ctx)


@hookimpl
def export_subject(ctx: Context, who: str, customer: str) -> Mapping[str, Any]:
    from marketry_wishlist.privacy import export_list

    return export_list(ctx, customer)


@hookimpl
def erase_subject(ctx: Context, who: str, customer: str) -> int:
    from marketry_wishlist.privacy import erase_list

    return erase_list(ctx, customer)
