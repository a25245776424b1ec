"""The catalogue's manifest and its answers to hooks: wiring only."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from marketry import Context, Permission, Plugin, hookimpl
from marketry.commerce.items import Demand, Item
from marketry.commerce.stock import StockKeeper, StockSource
from marketry.jobs.values import Schedule
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
)


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
    from marketry_catalog.stock.expiry import release_expired

    return (Schedule("release_expired", timedelta(minutes=1), release_expired),)
