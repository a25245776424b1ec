"""Where nothing was found: filters to take away with what that would show, other words, categories, what people buy."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from marketry import Context
from marketry_catalog.overview.bits import bits_of, members
from marketry_catalog.overview.overview import Overview
from marketry_catalog.queries.cards import cards_by_ids
from marketry_catalog.queries.tree import tree_of
from marketry_catalog.search.finding import find
from marketry_catalog.search.results import Results
from marketry_catalog.search.vocabulary import corrected

if TYPE_CHECKING:
    from marketry_catalog.pages.lists import Chosen

MOST_CATEGORIES, MOST_PRODUCTS = 6, 4
NO_HELP: Mapping[str, Any] = {"looser": (), "meant": (), "categories": (), "bestsellers": ()}


def in_vain(ctx: Context, found: Results, chosen: "Chosen") -> Mapping[str, Any]:
    """What the page of a search without results offers."""
    return {
        "looser": _looser(ctx, found, chosen),
        "meant": [(text, chosen.address(ctx, "/search", q=text, exact=False, filters=())) for text in _meant(ctx, found, chosen)],
        "categories": popular_categories(ctx, found.overview),
        "bestsellers": bestsellers(ctx, found.overview),
    }


def _looser(ctx: Context, found: Results, chosen: "Chosen") -> list[tuple[str, str, int]]:
    """(label, address, products) of each filter that hides what was found, were it taken away alone; the most first."""
    offers = []
    for facet in {f.code: f for f, _ in found.facets.chosen}.values():
        count = found.wanted.without(f"filter:{facet.code}").bit_count()
        kept = [text for text in chosen.filters if not text.startswith(f"{facet.code}:")]
        offers.append((facet.name, chosen.address(ctx, "/search", filters=kept), count))
    if chosen.available:
        address = chosen.address(ctx, "/search", available=False)
        offers.append((ctx.gettext("Can be bought now"), address, found.wanted.without("available").bit_count()))
    if chosen.sale:
        address = chosen.address(ctx, "/search", sale=False)
        offers.append((ctx.gettext("Reduced"), address, found.wanted.without("sale").bit_count()))
    return sorted((o for o in offers if o[2]), key=lambda o: -o[2])


def _meant(ctx: Context, found: Results, chosen: "Chosen") -> list[str]:
    """Another spelling that finds something; nobody is led to words of products that aren't shown."""
    better = corrected(ctx, chosen.q)
    return [better] if better and find(ctx, found.overview, better, exact=True).ordinals else []


def popular_categories(ctx: Context, overview: Overview) -> list[Any]:
    """The shown categories with most products that were sold of late, else with most products."""
    tree, shown = tree_of(ctx), overview.shown(ctx.now())
    sold = bits_of(overview.sold, overview.size)
    inside = {i: overview.named("category", str(i)) & shown for i in tree.by_id if tree.shown(i)}

    def rank(i: int) -> tuple[int, int, int, int]:
        return (-(inside[i] & sold).bit_count(), -inside[i].bit_count(), tree.by_id[i].position, i)

    return [tree.by_id[i] for i in sorted((i for i, bits in inside.items() if bits), key=rank)[:MOST_CATEGORIES]]


def bestsellers(ctx: Context, overview: Overview) -> list[Any]:
    """Cards of what sold best of late and can be bought; the newest where nothing was sold yet."""
    bits = overview.shown(ctx.now()) & overview.named("buyable")
    sold = members(bits & bits_of(overview.sold, overview.size), overview.size)
    best = sorted(sold, key=lambda o: (-overview.sold[o], o))[:MOST_PRODUCTS]
    if len(best) < MOST_PRODUCTS:
        best += [o for o in overview.measure("id").walk(bits, MOST_PRODUCTS * 2, down=True) if o not in best]
    return cards_by_ids(ctx, [overview.ids[o] for o in best[:MOST_PRODUCTS]])
