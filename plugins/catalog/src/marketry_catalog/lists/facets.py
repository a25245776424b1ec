"""The facets of a list: what can be ticked, and how many products each tick would leave or add."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from marketry import Context, Money
from marketry.commerce.money import exponent
from marketry.database import in_locale
from marketry_catalog.domain.attributes import choice_label, number_text, parse_range
from marketry_catalog.lists.wanted import Wanted
from marketry_catalog.models.attributes import attribute
from marketry_catalog.overview.facts import RESERVED
from marketry_catalog.overview.measures import Measure
from marketry_catalog.overview.overview import Overview
from marketry_catalog.queries.recent import recent
from marketry_catalog.queries.tree import tree_of

MOST_FACETS = 12
MOST_VALUES = 24
PARTS = 5
_ATTRIBUTES = (
    select(attribute.c.code, attribute.c.kind, attribute.c.name, attribute.c.unit, attribute.c.decimals, attribute.c.choices)
    .where(attribute.c.filterable, attribute.c.kind != "text")
    .order_by(attribute.c.position, attribute.c.id)
)


@dataclass(frozen=True, slots=True)
class FacetValue:
    """`filter` is what the address carries when it is ticked; `count` the products it holds among what the other facets leave."""

    filter: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """`kind` is category, price, option, choice, boolean or number."""

    code: str
    kind: str
    name: str
    values: tuple[FacetValue, ...]

    @property
    def chosen(self) -> int:
        return sum(v.chosen for v in self.values)


@dataclass(frozen=True, slots=True)
class Facets:
    """`available` and `sale`: how many of what the others leave can be bought now, and are reduced."""

    facets: tuple[Facet, ...]
    available: int
    sale: int
    total: int

    @property
    def chosen(self) -> tuple[tuple[Facet, FacetValue], ...]:
        return tuple((f, v) for f in self.facets for v in f.values if v.chosen)


def facets_of(ctx: Context, overview: Overview, wanted: Wanted, category: int | None = None) -> Facets:
    """In the order in which they are drawn; those with nothing to choose between are left out."""
    found: list[Facet] = []
    for facet in _each(ctx, overview, wanted, category):
        if len(facet.values) > 1 or facet.chosen:
            found.append(facet)
        if len(found) == MOST_FACETS:
            break
    return Facets(
        tuple(found),
        (wanted.without("available") & overview.named("buyable")).bit_count(),
        (wanted.without("sale") & overview.reduced(ctx.currency, ctx.price_group)).bit_count(),
        wanted.all.bit_count(),
    )


def _each(ctx: Context, overview: Overview, wanted: Wanted, category: int | None) -> Iterator[Facet]:
    yield _categories(ctx, overview, wanted, category)
    yield _prices(ctx, overview, wanted)
    fallback = ctx.site.locales[0]
    attributes = recent(ctx, "attributes", lambda: ctx.session.execute(_ATTRIBUTES).all())
    described = {row.code for row in attributes}
    for code, (name, labels) in overview.options.items():
        if code not in described and code not in RESERVED:
            named = in_locale(name, ctx.locale, fallback) or code
            values = [(v, in_locale(text, ctx.locale, fallback) or v) for v, text in labels.items()]
            yield Facet(code, "option", named, _values(overview, wanted, code, values))
    for row in attributes:
        named = in_locale(row.name, ctx.locale, fallback) or row.code
        if row.kind == "number":
            yield Facet(row.code, "number", named, _numbers(overview, wanted, row))
        else:
            values = [(v, _choice(ctx, row, v)) for v in _ordered(row, overview.values(row.code))]
            yield Facet(row.code, row.kind, named, _values(overview, wanted, row.code, values))


def _values(
    overview: Overview, wanted: Wanted, code: str, offered: Sequence[tuple[str, str]], key: Mapping[str, str] | None = None
) -> tuple[FacetValue, ...]:
    """Those with products, or ticked; of many the ones with most products, in the order in which they are offered."""
    others, chosen = wanted.without(f"filter:{code}"), wanted.chosen.get(code, ())
    found = []
    for value, label in offered:
        count = (others & overview.named(code, key[value] if key else value)).bit_count()
        if count or value in chosen:
            found.append(FacetValue(f"{code}:{value}", label, count, value in chosen))
    if len(found) > MOST_VALUES:
        best = set(sorted(range(len(found)), key=lambda i: (not found[i].chosen, -found[i].count))[:MOST_VALUES])
        found = [v for i, v in enumerate(found) if i in best]
    return tuple(found)


def _categories(ctx: Context, overview: Overview, wanted: Wanted, category: int | None) -> Facet:
    """Those directly below the list's own, and any that is ticked."""
    tree = tree_of(ctx)
    below = tree.children(category)
    ticked = [n for n in tree.by_id.values() if n.handle in wanted.chosen.get("category", ()) and n not in below]
    nodes = [*below, *ticked]
    ids = {n.handle: str(n.id) for n in nodes}
    values = _values(overview, wanted, "category", [(n.handle, n.name) for n in nodes], ids)
    return Facet("category", "category", ctx.gettext("Category"), values)


def _prices(ctx: Context, overview: Overview, wanted: Wanted) -> Facet:
    decimals, currency = exponent(ctx.currency), ctx.currency

    def label(low: int | None, high: int | None) -> str:
        least = ctx.money(Money(low, currency)) if low is not None else ""
        most = ctx.money(Money(high, currency)) if high is not None else ""
        if low is None:
            return ctx.gettext("Under %(most)s", most=most)
        return f"{least} – {most}" if most else ctx.gettext("%(least)s and more", least=least)

    measure = overview.prices(currency, ctx.price_group)
    return Facet("price", "price", ctx.gettext("Price"), _ranges(measure, wanted, "price", decimals, 10**decimals, label))


def _numbers(overview: Overview, wanted: Wanted, row: Any) -> tuple[FacetValue, ...]:
    def label(low: int | None, high: int | None) -> str:
        least = number_text(low, row.decimals) if low is not None else ""
        most = number_text(high, row.decimals) if high is not None else ""
        sign = "< " if low is None else "≥ " if high is None else ""
        return f"{sign}{' – '.join(part for part in (least, most) if part)} {row.unit}".strip()

    return _ranges(overview.measure("number", row.code), wanted, row.code, row.decimals, 10**row.decimals, label)


def _ranges(
    measure: Measure,
    wanted: Wanted,
    code: str,
    decimals: int,
    unit: int,
    label: Callable[[int | None, int | None], str],
) -> tuple[FacetValue, ...]:
    """Ranges that part what the list is about into a few of like size; so they stay where they are while facets are ticked."""
    others, chosen = wanted.without(f"filter:{code}"), list(wanted.chosen.get(code, ()))
    edges = measure.edges(wanted.base, PARTS, unit)
    found = []
    for low, high in zip((None, *edges), (*edges, None), strict=True) if edges else ():
        value = _range_text(low, None if high is None else high - 1, decimals)
        count = (others & measure.between(low, None if high is None else high - 1)).bit_count()
        if count or value in chosen:
            found.append(FacetValue(f"{code}:{value}", label(low, high), count, value in chosen))
        if value in chosen:
            chosen.remove(value)
    for value in chosen:  # typed into the address
        count = (others & measure.between(*parse_range(value, decimals))).bit_count()
        found.append(FacetValue(f"{code}:{value}", value.replace("..", " – ").strip(), count, True))
    return tuple(found)


def _range_text(low: int | None, high: int | None, decimals: int) -> str:
    least, most = (number_text(n, decimals) if n is not None else "" for n in (low, high))
    return f"{least}..{most}"


def _ordered(row: Any, codes: Sequence[str]) -> list[str]:
    order = [c["code"] for c in row.choices]
    return sorted(codes, key=lambda code: (order.index(code) if code in order else len(order), code))


def _choice(ctx: Context, row: Any, code: str) -> str:
    if row.kind == "boolean":
        return ctx.gettext("Yes") if code == "true" else ctx.gettext("No")
    return in_locale(choice_label(row.choices, code), ctx.locale, ctx.site.locales[0]) or code
