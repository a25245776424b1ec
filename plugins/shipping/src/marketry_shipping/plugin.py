"""Manifest and wiring."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from marketry import Context, Permission, Plugin, Problem, hookimpl
from marketry.commerce.fulfilment import Carrier, ShippingRate
from marketry.commerce.quote import DeliveryGroup, Quote
from marketry.web.values import MenuEntry
from marketry_shipping.settings import ShippingSettings

if TYPE_CHECKING:
    import typer
    from fastapi import APIRouter

plugin = Plugin(
    id="shipping",
    title="Shipping",
    summary="Delivery zones, and methods priced by weight and subtotal.",
    settings=ShippingSettings,
    permissions=(
        Permission("shipping.method.read", "See delivery zones and methods"),
        Permission("shipping.method.write", "Change delivery zones and methods"),
    ),
    models="marketry_shipping.models",
    critical=True,
)


@hookimpl
def shipping_rates(ctx: Context, quote: Quote, group: DeliveryGroup) -> Sequence[ShippingRate]:
    from marketry_shipping.rating import rates_for

    return rates_for(ctx, quote, group)


@hookimpl
def validate_checkout(ctx: Context, quote: Quote) -> Sequence[Problem]:
    from marketry_shipping.serving import unserved

    return unserved(ctx, quote)


@hookimpl
def carriers() -> Sequence[Carrier]:
    from marketry_shipping.carriers import CARRIERS

    return CARRIERS


@hookimpl
def admin_menu(ctx: Context) -> Sequence[MenuEntry]:
    return (MenuEntry(ctx.gettext("Shipping"), "/admin/shipping", "shipping.method.read", "sell", "truck", 60),)


@hookimpl
def routes(area: str) -> "Sequence[APIRouter]":
    if area != "admin":
        return ()
    from marketry_shipping.routes.admin import router

    return (router,)


@hookimpl
def register_cli() -> "Mapping[str, typer.Typer]":
    from marketry_shipping.cli import app

    return {"shipping": app}
