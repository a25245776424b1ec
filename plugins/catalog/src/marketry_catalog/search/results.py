"""Pages of results, with facets over all that was found."""

from dataclasses import dataclass, replace

from marketry import Context
from marketry.web.values import Page
from marketry_catalog.lists.facets import Facets, facets_of
from marketry_catalog.lists.orders import ordered, sliced
from marketry_catalog.lists.uncounted import can_do_without, uncounted
from marketry_catalog.lists.wanted import Listing, Wanted, wanted_of
from marketry_catalog.overview.bits import as_row
from marketry_catalog.overview.keeping import overview_if_read, overview_of
from marketry_catalog.overview.overview import Overview
from marketry_catalog.queries.cards import cards_by_ids
from marketry_catalog.search.finding import Found, find


@dataclass(frozen=True, slots=True)
class Results:
    """`found` is None for a list that isn't searched. Of a list that was drawn before the overview was read, only the page and
    the total are known."""

    page: Page
    facets: Facets
    found: Found | None
    wanted: Wanted
    overview: Overview


@dataclass(frozen=True, slots=True)
class Selected:
    """What is wanted, before its cards are read."""

    ids: list[int]
    following: str | None
    previous: str | None
    facets: Facets
    found: Found | None
    wanted: Wanted
    overview: Overview


def select_products(
    ctx: Context, listing: Listing, cursor: str | None, limit: int, *, q: str = "", exact: bool = False
) -> Selected:
    """The page's ids and its facets. Without `q` a list; with it what is found, ranked unless the listing has an order."""
    overview = overview_of(ctx)
    found = find(ctx, overview, q, exact=exact) if q.strip() else None
    wanted = wanted_of(ctx, overview, listing, found.bits(overview) if found else None)
    bits = wanted.all
    if found is not None and not listing.order:
        row = as_row(bits, overview.size)
        chosen = [o for o in found.ordinals if row[o >> 3] >> (o & 7) & 1]
        part, following, previous = sliced(chosen, cursor, limit)
    else:
        in_category = listing.category is not None
        part, following, previous = ordered(ctx, overview, bits, listing.order, in_category, cursor, limit)
    facets = facets_of(ctx, overview, wanted, listing.category)
    return Selected([overview.ids[o] for o in part], following, previous, facets, found, wanted, overview)


def results(ctx: Context, listing: Listing, cursor: str | None, limit: int, *, q: str = "", exact: bool = False) -> Results:
    """As `select_products`, with cards."""
    if not q.strip() and can_do_without(ctx, listing) and overview_if_read(ctx) is None:
        page = uncounted(ctx, listing, cursor, limit)
        cards = cards_by_ids(ctx, page.items)
        total = page.count or 0
        return Results(replace(page, items=cards), Facets((), 0, 0, total), None, Wanted(0), Overview())
    s = select_products(ctx, listing, cursor, limit, q=q, exact=exact)
    count = s.facets.total
    page = Page(cards_by_ids(ctx, s.ids), s.following, s.previous, count, bool(s.found and s.found.more))
    return Results(page, s.facets, s.found, s.wanted, s.overview)
