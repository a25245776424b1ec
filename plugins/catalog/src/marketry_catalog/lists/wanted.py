"""What a list is asked for, and which products that are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from sqlalchemy import select

from marketry import Context
from marketry.commerce.money import exponent
from marketry.problems import Refused, invalid
from marketry_catalog.domain.attributes import parse_range
from marketry_catalog.domain.filters import MOST_FILTERS, by_facet
from marketry_catalog.models.attributes import attribute
from marketry_catalog.overview.overview import Overview
from marketry_catalog.queries.recent import recent
from marketry_catalog.queries.tree import tree_of

BAD_FILTER = "bad_filter"
_DECIMALS = select(attribute.c.code, attribute.c.decimals).where(attribute.c.kind == "number")


@dataclass(frozen=True, slots=True)
class Listing:
    """`order` is a key of lists.pages.ORDERS, `category` an id, `available` keeps what can be bought now, `sale` what is reduced,
    `filters` are `facet:value`: several of one facet are alternatives, several facets must all fit."""

    order: str = ""
    category: int | None = None
    available: bool = False
    sale: bool = False
    filters: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """`base` is what the list is about (a category, what was found), `masks` what each facet leaves of anything."""

    base: int
    masks: Mapping[str, int] = field(default_factory=dict)
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def all(self) -> int:
        return self.without("")

    def without(self, facet: str) -> int:
        """What all facets but this one leave: a facet's own counts say what ticking more of it would add."""
        bits = self.base
        for name, mask in self.masks.items():
            if name != facet:
                bits &= mask
        return bits


def wanted_of(ctx: Context, overview: Overview, listing: Listing, found: int | None = None) -> Wanted:
    """`found` is the set that a search is about. Refuses (422, `filter`) facets and values that the shop doesn't know."""
    base = overview.shown(ctx.now())
    if found is not None:
        base &= found
    if listing.category is not None:
        base &= overview.named("category", str(listing.category))
    masks: dict[str, int] = {}
    if listing.available:
        masks["available"] = overview.named("buyable")
    if listing.sale:
        masks["sale"] = overview.reduced(ctx.currency, ctx.price_group)
    if len(listing.filters) > MOST_FILTERS:
        raise invalid("too_many_filters", ctx.gettext("Those are too many filters at once."), "filter")
    try:
        chosen = by_facet(listing.filters)
        for facet, values in chosen.items():
            masks[f"filter:{facet}"] = reduce(or_, (_mask(ctx, overview, facet, value) for value in values))
    except ValueError:
        raise _no_such_filter(ctx) from None
    return Wanted(base, masks, chosen)


def _mask(ctx: Context, overview: Overview, facet: str, value: str) -> int:
    if facet == "category":
        node = next((n for n in tree_of(ctx).by_id.values() if n.handle == value), None)
        if node is None:
            raise ValueError(value)
        return overview.named("category", str(node.id))
    if facet == "price":
        return overview.prices(ctx.currency, ctx.price_group).between(*_range(value, exponent(ctx.currency)))
    if ("number", facet) in overview.measures:
        return overview.measure("number", facet).between(*_range(value, decimals_of(ctx).get(facet, 0)))
    if facet in ("sale",) or (facet, value) not in overview.sets:
        raise ValueError(value)
    return overview.named(facet, value)


def _range(value: str, decimals: int) -> tuple[int, int]:
    if len(value) > 60:
        raise ValueError(value)
    return parse_range(value, decimals)


def decimals_of(ctx: Context) -> Mapping[str, int]:
    """Of the attributes that are numbers, by code."""
    return recent(ctx, "decimals", lambda: {r.code: r.decimals for r in ctx.session.execute(_DECIMALS)})


def _no_such_filter(ctx: Context) -> Refused:
    return invalid(BAD_FILTER, ctx.gettext("The list has no such filter."), "filter")
