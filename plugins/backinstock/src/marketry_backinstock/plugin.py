"""Manifest and wiring."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from marketry import Context, Permission, Plugin, hookimpl
from marketry.commerce.events import ProductChanged, StockChanged
from marketry.jobs.values import Schedule, Subscriber
from marketry.web.values import Asset, MenuEntry, SlotFill
from marketry_backinstock.settings import BackInStockSettings

if TYPE_CHECKING:
    from fastapi import APIRouter

plugin = Plugin(
    id="backinstock",
    title="Back in stock",
    summary="Mails shoppers, in fair turn, when what they wait for can be bought again.",
    settings=BackInStockSettings,
    permissions=(Permission("backinstock.demand.read", "See what shoppers wait for"),),
    models="marketry_backinstock.models",
)


@hookimpl
def routes(area: str) -> "Sequence[APIRouter]":
    if area == "shop":
        from marketry_backinstock.routes import asking, links

        return (asking.router, links.router)
    if area == "admin":
        from marketry_backinstock.routes.admin import router

        return (router,)
    return ()


@hookimpl
def slots() -> Sequence[SlotFill]:
    from marketry_backinstock.form import draw_form

    return (SlotFill("product.actions", render=draw_form, optional=True),)


@hookimpl
def assets(area: str) -> Sequence[Asset]:
    return (Asset("backinstock/backinstock.css"),) if area == "shop" else ()


@hookimpl
def subscribe() -> Sequence[Subscriber]:
    from marketry_backinstock.telling import product_changed, stock_changed

    return (
        Subscriber("stock_changed", StockChanged, stock_changed, news=True),
        Subscriber("product_changed", ProductChanged, product_changed, news=True),
    )


@hookimpl
def schedules() -> Sequence[Schedule]:
    from marketry_backinstock.telling import look_again, sweep

    return (Schedule("look_again", timedelta(hours=1), look_again), Schedule("sweep", timedelta(days=1), sweep))


@hookimpl
def admin_menu(ctx: Context) -> Sequence[MenuEntry]:
    return (MenuEntry(ctx.gettext("Awaited"), "/admin/awaited", "backinstock.demand.read", "catalogue", "bell", 35),)


@hookimpl
def export_subject(ctx: Context, who: str) -> Mapping[str, Any]:
    from marketry_backinstock.privacy import export_waiting

    return export_waiting(ctx, who)


@hookimpl
def erase_subject(ctx: Context, who: str) -> int:
    from marketry_backinstock.privacy import erase_waiting

    return erase_waiting(ctx, who)
