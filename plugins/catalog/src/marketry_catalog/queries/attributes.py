"""Attributes on product pages, and as filters of lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select

from marketry import Context
from marketry.database import in_locale
from marketry.problems import invalid
from marketry_catalog.domain.attributes import choice_label, number_text, parse_range
from marketry_catalog.models.attributes import attribute, attribute_value
from marketry_catalog.models.categories import category_product
from marketry_catalog.queries.listing import AttributeFilter
from marketry_catalog.queries.recent import recent

_SHOWN = (
    select(
        attribute.c.kind,
        attribute.c.name,
        attribute.c.unit,
        attribute.c.decimals,
        attribute.c.choices,
        attribute_value.c.text,
        attribute_value.c.number,
        attribute_value.c.choice,
    )
    .join(attribute_value, attribute_value.c.attribute_id == attribute.c.id)
    .where(attribute_value.c.product_id == bindparam("product"), attribute.c.shown)
    .order_by(attribute.c.position, attribute.c.id)
)
_FACETS = (
    select(
        attribute.c.id,
        attribute.c.code,
        attribute.c.kind,
        attribute.c.name,
        attribute.c.unit,
        attribute.c.decimals,
        attribute.c.choices,
        attribute_value.c.choice,
        func.min(attribute_value.c.number).label("least"),
        func.max(attribute_value.c.number).label("most"),
    )
    .join(attribute_value, attribute_value.c.attribute_id == attribute.c.id)
    .join(category_product, category_product.c.product_id == attribute_value.c.product_id)
    .where(category_product.c.category_id == bindparam("category"), attribute.c.filterable, attribute.c.kind != "text")
    .group_by(attribute.c.id, attribute_value.c.choice)
    .order_by(attribute.c.position, attribute.c.id)
)
_ANY = select(attribute.c.id).where(attribute.c.filterable).limit(1)


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter that a list offers: `values` are (code, text); a number offers its range as text instead."""

    id: int
    code: str
    kind: str
    name: str
    unit: str
    decimals: int
    values: tuple[tuple[str, str], ...]
    least: str = ""
    most: str = ""


def shown_attributes(ctx: Context, product_id: int) -> list[tuple[str, str]]:
    """(name, value) as people read them."""
    rows = ctx.session.execute(_SHOWN, {"product": product_id})
    return [(in_locale(r.name, ctx.locale, ctx.site.locales[0]), value_text(ctx, r)) for r in rows]


def value_text(ctx: Context, row: Any) -> str:
    """One value in the context's language, with its unit."""
    fallback = ctx.site.locales[0]
    if row.kind == "text":
        return in_locale(row.text, ctx.locale, fallback)
    if row.kind == "number":
        return f"{number_text(row.number, row.decimals)} {row.unit}".strip()
    return _choice_text(ctx, row, row.choice)


def _choice_text(ctx: Context, row: Any, code: str) -> str:
    if row.kind == "boolean":
        return ctx.gettext("Yes") if code == "true" else ctx.gettext("No")
    return in_locale(choice_label(row.choices, code), ctx.locale, ctx.site.locales[0]) or code


def facets(ctx: Context, category: int) -> list[Facet]:
    """The filters that products of `category` know; nothing is asked where the shop has none."""
    if not recent(ctx, "filterable", lambda: ctx.session.execute(_ANY).first() is not None):
        return []
    found: dict[int, list[Any]] = {}
    for row in ctx.session.execute(_FACETS, {"category": category}):
        found.setdefault(row.id, []).append(row)
    return [_facet(ctx, rows) for rows in found.values()]


def _facet(ctx: Context, rows: Sequence[Any]) -> Facet:
    first = rows[0]
    name = in_locale(first.name, ctx.locale, ctx.site.locales[0])
    common = (first.id, first.code, first.kind, name, first.unit, first.decimals)
    if first.kind == "number":
        return Facet(*common, (), number_text(first.least, first.decimals), number_text(first.most, first.decimals))
    order = [c["code"] for c in first.choices]
    codes = sorted((r.choice for r in rows), key=lambda code: order.index(code) if code in order else len(order))
    return Facet(*common, tuple((code, _choice_text(ctx, first, code)) for code in codes))


def chosen_filters(ctx: Context, offered: Sequence[Facet], chosen: Sequence[str]) -> tuple[AttributeFilter, ...]:
    """`code:choice` or `code:least..most` each; refuses (422, `filter`) what isn't offered."""
    by_code = {facet.code: facet for facet in offered}
    filters = []
    for text in chosen:
        code, _, value = text.partition(":")
        facet = by_code.get(code)
        try:
            if facet is None:
                raise ValueError(code)
            if facet.kind == "number":
                least, most = parse_range(value, facet.decimals)
                filters.append(AttributeFilter(facet.id, least=least, most=most))
            elif value in dict(facet.values):
                filters.append(AttributeFilter(facet.id, choice=value))
            else:
                raise ValueError(value)
        except ValueError:
            raise invalid("bad_filter", ctx.gettext("The list has no such filter."), "filter") from None
    return tuple(filters)
