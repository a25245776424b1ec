"""Pages of products: which ones, and in which order, the overview knows; their cards are read."""

from dataclasses import replace

from marketry import Context
from marketry.web.values import Page
from marketry_catalog.lists.orders import ORDERS, ordered
from marketry_catalog.lists.uncounted import can_do_without, uncounted
from marketry_catalog.lists.wanted import Listing, wanted_of
from marketry_catalog.overview.keeping import overview_if_read, overview_of
from marketry_catalog.queries.cards import cards_by_ids

__all__ = ["ORDERS", "Listing", "page_of"]


def page_of(ctx: Context, listing: Listing, cursor: str | None, limit: int) -> Page:
    """At most `limit` cards of shown products; refuses (422, `cursor`) a cursor of another list."""
    if can_do_without(ctx, listing) and overview_if_read(ctx) is None:
        plain = uncounted(ctx, listing, cursor, limit)
        return replace(plain, items=cards_by_ids(ctx, plain.items))
    overview = overview_of(ctx)
    bits = wanted_of(ctx, overview, listing).all
    in_category = listing.category is not None
    found, following, previous = ordered(ctx, overview, bits, listing.order, in_category, cursor, limit)
    return Page(cards_by_ids(ctx, [overview.ids[o] for o in found]), following, previous)
