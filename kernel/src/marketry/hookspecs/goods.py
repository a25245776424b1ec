"""Goods: what a SKU is, where its stock comes from, how it is found."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from marketry.commerce.items import Demand, Item
from marketry.commerce.stock import StockSource
from marketry.plugins.markers import Failure, hookspec

if TYPE_CHECKING:
    from marketry.context import Context


@hookspec(Failure.CLOSED)
def resolve_items(ctx: "Context", skus: Sequence[str]) -> Mapping[str, Item]:  # type: ignore[empty-body]
    """Return the items that you know among `skus`, in `ctx.locale`, priced in `ctx.currency` where you can.

    Called inside a session, once for all lines of a cart; each later plugin is asked only for what earlier ones did not
    answer. A SKU nobody answers can't be bought. Leave out what is not published.
    """


@hookspec(Failure.CLOSED, first=True)
def stock_sources(ctx: "Context", demands: Sequence[Demand]) -> Sequence[StockSource] | None:
    """Choose the locations that serve `demands` (summed per key), before the placing transaction.

    The first answer wins; None: not mine. A plan only: the reservation itself is guarded. Not called when no item demands stock.
    """


@hookspec(Failure.BOOT, first=True)
def catalog_search_engine() -> object | None:
    """Offer another search engine for the catalogue, in place of the database's own.

    Called once at boot; the first answer wins. An object with the methods of `marketry_catalog.api.SearchEngine`, and of
    `Rebuilt` where it can be filled anew beside what answers; it need not import them. It finds words only: facets, order,
    pages and corrections are the catalogue's.
    """


@hookspec(Failure.OPEN)
def search_documents(ctx: "Context", skus: Sequence[str]) -> Mapping[str, str]:  # type: ignore[empty-body]
    """Return additional words under which items are found (reviews, tags). Called when products are indexed."""
