"""The catalogue's manifest and its answers to hooks: wiring only."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import typer
from fastapi import APIRouter

from marketry import Context, Permission, Plugin, hookimpl
from marketry.commerce.items import Demand, Item
from marketry.commerce.stock import StockKeeper, StockSource
from marketry.jobs.values import Job, Schedule
from marketry.web.values import Link, PageTag, SitemapEntry, SlotFill
from marketry_catalog.settings import CatalogSettings

plugin = Plugin(
    id="catalog",
    title="Catalogue",
    summary="Products, variants, categories, pictures, prices and stock.",
    settings=CatalogSettings,
    permissions=(
        Permission("catalog.product.read", "See products and categories"),
        Permission("catalog.product.write", "Change products, categories and prices, import files"),
        Permission("catalog.stock.read", "See stock and its movements"),
        Permission("catalog.stock.write", "Adjust stock"),
    ),
    models="marketry_catalog.models",
    declares_slots={
        "product.below_price": "below the price of a product: item (Item), product",
        "product.buy": "where a product is bought: item (Item; its price is never None), product",
        "product.below": "below a product, full width: item (Item or None), product",
    },
)


@hookimpl
def routes(area: str) -> Sequence[APIRouter]:
    if area == "shop":
        from marketry_catalog.routes.shop import router as shop

        return (shop,)
    if area == "api":
        from marketry_catalog.routes.api import router as api

        return (api,)
    return ()


@hookimpl
def slots() -> Sequence[SlotFill]:
    return (SlotFill("shop.header_search", template="catalog/header_search.html"),)


@hookimpl
def navigation(ctx: Context) -> Sequence[Link]:
    from marketry_catalog.pages.navigation import category_links

    return category_links(ctx)


@hookimpl
def sitemap(ctx: Context) -> Iterable[SitemapEntry]:
    from marketry_catalog.pages.navigation import sitemap_entries

    return sitemap_entries(ctx)


@hookimpl
def page_tags(ctx: Context, view: str, values: Mapping[str, object]) -> Sequence[PageTag]:
    from marketry_catalog.pages.tags import tags_of

    return tags_of(ctx, view, values)


@hookimpl
def services() -> Mapping[type, object]:
    from marketry_catalog.stock.keeper import CatalogStock

    return {StockKeeper: CatalogStock()}


@hookimpl
def resolve_items(ctx: Context, skus: Sequence[str]) -> Mapping[str, Item]:
    from marketry_catalog.queries.items import resolve

    return resolve(ctx, skus)


@hookimpl
def stock_sources(ctx: Context, demands: Sequence[Demand]) -> Sequence[StockSource] | None:
    from marketry_catalog.stock.sources import sources_for

    return sources_for(ctx, demands)


@hookimpl
def schedules() -> Sequence[Schedule]:
    from marketry_catalog.search.indexing import index_marked
    from marketry_catalog.stock.expiry import release_expired

    return (
        Schedule("release_expired", timedelta(minutes=1), release_expired),
        Schedule("index", timedelta(minutes=5), index_marked),
    )


@hookimpl
def jobs() -> Sequence[Job]:
    from marketry_catalog.search.indexing import index_marked

    return (Job("index", index_marked, transaction=False),)


@hookimpl
def register_cli() -> Mapping[str, typer.Typer]:
    from marketry_catalog.cli import app

    return {"catalog": app}
