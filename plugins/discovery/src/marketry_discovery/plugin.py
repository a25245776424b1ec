"""Manifest and wiring."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from marketry import Plugin, hookimpl
from marketry.commerce.events import OrderPlaced
from marketry.jobs.values import Job, Schedule, Subscriber
from marketry.web.values import Asset, SlotFill
from marketry_discovery.settings import DiscoverySettings

if TYPE_CHECKING:
    from fastapi import APIRouter

plugin = Plugin(
    id="discovery",
    title="Discovery",
    summary="Recently seen, more like this, bought together, and links to share.",
    requires={"catalog": ">=1,<2"},
    after=("wishlist",),
    settings=DiscoverySettings,
    models="marketry_discovery.models",
)


@hookimpl
def routes(area: str) -> "Sequence[APIRouter]":
    if area != "shop":
        return ()
    from marketry_discovery.routes.shop import router

    return (router,)


@hookimpl
def slots() -> Sequence[SlotFill]:
    from marketry_discovery.pieces import below_cart, below_product, share

    return (
        SlotFill("product.actions", render=share),
        SlotFill("product.below", render=below_product),
        SlotFill("cart.below_lines", render=below_cart, optional=True),
    )


@hookimpl
def assets(area: str) -> Sequence[Asset]:
    return (Asset("discovery/discovery.css"), Asset("discovery/discovery.js")) if area == "shop" else ()


@hookimpl
def subscribe() -> Sequence[Subscriber]:
    from marketry_discovery.pairing import note_order

    return (Subscriber("note_order", OrderPlaced, note_order),)


@hookimpl
def schedules() -> Sequence[Schedule]:
    from marketry_discovery.pairing import count_pairs

    return (Schedule("forget_old", timedelta(days=1), count_pairs),)


@hookimpl
def jobs() -> Sequence[Job]:
    from marketry_discovery.pairing import count_pairs

    return (Job("count_pairs", count_pairs, transaction=False),)
