"""Attributes on product pages."""

from typing import Any

from sqlalchemy import bindparam, select

from marketry import Context
from marketry.database import in_locale
from marketry_catalog.domain.attributes import choice_label, number_text
from marketry_catalog.models.attributes import attribute, attribute_value

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
