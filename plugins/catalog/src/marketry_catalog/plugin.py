"""The catalogue's manifest and its answers to hooks: wiring only."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from fastapi import APIRouter

from marketry import Context, Permission, Plugin, hookimpl
from marketry.commerce.items import Demand, Item
from marketry.commerce.stock import StockKeeper, StockSource
from marketry.jobs.values import Job, Schedule, Subscriber
from marketry.web.values import Asset, Card, HealthReport, Hit, Link, MenuEntry, PageTag, SitemapEntry, SlotFill
from marketry_catalog.settings import CatalogSettings

if TYPE_CHECKING:
    import typer

    from marketry.web.sections import SectionKind

plugin = Plugin(
    id="catalog",
    title="Catalogue",
    summary="Products, variants, categories, pictures, prices and stock.",
    settings=CatalogSettings,
    permissions=(
        Permission("catalog.product.read", "See products and categories"),
        Permission("catalog.product.write", "Change products, categories and prices, import files"),
        Permission("catalog.home.write", "Arrange the home page"),
        Permission("catalog.stock.read", "See stock and its movements"),
        Permission("catalog.stock.write", "Adjust stock"),
    ),
    models="marketry_catalog.models",
    declares_slots={
        "product.below_price": "below the price of a product: item (Item), product",
        "product.buy": "where a product is bought: item (Item; its price is never None), product",
        "product.actions": "beside the button that buys, sold out or not: item (Item), product",
        "product.card": "on each card of a list of products (a slot of a list): items (catalog.api.Card)",
        "product.below": "below a product, full width: item (Item or None), product",
    },
)


@hookimpl
def routes(area: str) -> Sequence[APIRouter]:
    if area == "shop":
        from marketry_catalog.routes.feeds import router as feeds
        from marketry_catalog.routes.shop import router as shop

        return (shop, feeds)
    if area == "api":
        from marketry_catalog.routes.api import router as api

        return (api,)
    if area == "admin":
        from marketry_catalog.routes import (
            admin_categories,
            admin_home,
            admin_import,
            admin_products,
            admin_search,
            admin_stock,
        )

        routers = (admin_products, admin_categories, admin_stock, admin_import, admin_search, admin_home)
        return tuple(module.router for module in routers)
    return ()


@hookimpl
def admin_menu(ctx: Context) -> Sequence[MenuEntry]:
    _ = ctx.gettext
    return (
        MenuEntry(_("Products"), "/admin/products", "catalog.product.read", "catalogue", "tag", 10),
        MenuEntry(_("Categories"), "/admin/categories", "catalog.product.read", "catalogue", "list", 20),
        MenuEntry(_("Stock"), "/admin/stock", "catalog.stock.read", "catalogue", "stock", 30),
        MenuEntry(_("Import"), "/admin/import", "catalog.product.write", "catalogue", "inbox", 40),
        MenuEntry(_("Searches"), "/admin/searches", "catalog.product.read", "catalogue", "search", 50),
        MenuEntry(_("Home page"), "/admin/home", "catalog.home.write", "catalogue", "home", 50),
    )


@hookimpl
def admin_search(ctx: Context, q: str) -> Sequence[Hit]:
    from marketry_catalog.pages.office import product_hits

    return product_hits(ctx, q)


@hookimpl
def admin_dashboard(ctx: Context) -> Sequence[Card]:
    from marketry_catalog.pages.office import stock_card

    return stock_card(ctx)


@hookimpl
def health(ctx: Context) -> Sequence[HealthReport]:
    from marketry_catalog.pages.office import stock_health

    return stock_health(ctx)


@hookimpl
def slots() -> Sequence[SlotFill]:
    from marketry_catalog.pages.mentioned import mentioned_products

    return (
        SlotFill("shop.header_search", template="catalog/header_search.html", steady=True),
        SlotFill("post.products", render=mentioned_products, optional=True),
    )


@hookimpl
def navigation(ctx: Context) -> Sequence[Link]:
    from marketry_catalog.pages.navigation import category_links

    return category_links(ctx)


@hookimpl
def sitemap(ctx: Context) -> Iterable[SitemapEntry]:
    from marketry_catalog.pages.navigation import SitemapEntries

    return SitemapEntries(ctx)


@hookimpl
def home_sections() -> "Sequence[SectionKind]":
    from marketry_catalog.home.kinds import KINDS

    return KINDS


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
    from marketry_catalog.search.tidying import tidy
    from marketry_catalog.stock.expiry import release_expired

    return (
        Schedule("release_expired", timedelta(minutes=1), release_expired),
        Schedule("index", timedelta(minutes=5), index_marked),
        Schedule("tidy_search", timedelta(hours=1), tidy),
    )


@hookimpl
def subscribe() -> Sequence[Subscriber]:
    from marketry.commerce.events import OrderPlaced
    from marketry_catalog.stock.popularity import count_sold

    return (Subscriber("popularity", OrderPlaced, count_sold),)


@hookimpl
def startup(ctx: Context) -> None:
    from marketry_catalog.overview.keeping import begin_reading

    if ctx.channel != "job":  # a worker draws no lists
        begin_reading(ctx.runtime)


@hookimpl
def shutdown(ctx: Context) -> None:
    from marketry_catalog.overview.keeping import stop_reading
    from marketry_catalog.search.insights import write_noted

    stop_reading(ctx.runtime)
    write_noted(ctx)


@hookimpl
def assets(area: str) -> Sequence[Asset]:
    return (Asset("catalog/suggest.js"),) if area == "shop" else ()


@hookimpl
def jobs() -> Sequence[Job]:
    from marketry_catalog.search.indexing import index_marked

    return (Job("index", index_marked, transaction=False),)


@hookimpl
def register_cli() -> "Mapping[str, typer.Typer]":
    from marketry_catalog.cli import app

    return {"catalog": app}
