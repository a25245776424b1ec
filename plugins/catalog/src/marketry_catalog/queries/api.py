"""Variants of several products at once, for JSON lists."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from marketry import Context
from marketry.database import in_locale
from marketry_catalog.domain.options import read_options
from marketry_catalog.models.products import product, variant
from marketry_catalog.queries.product import VARIANT_COLUMNS, VariantView, price_of_variant, variant_views

_VARIANTS = (
    select(*VARIANT_COLUMNS, variant.c.product_id, product.c.options.label("offered"))
    .join(product, product.c.id == variant.c.product_id)
    .outerjoin(*price_of_variant())
    .where(variant.c.product_id.in_(bindparam("products", expanding=True)), variant.c.active)
    .order_by(variant.c.product_id, variant.c.position, variant.c.id)
)
_SUMMARIES = select(product.c.id, product.c.summary).where(product.c.id.in_(bindparam("products", expanding=True)))


def summaries_of(ctx: Context, products: Sequence[int]) -> dict[int, str]:
    """Per product its one sentence in `ctx.locale`."""
    rows = ctx.session.execute(_SUMMARIES, {"products": list(products)}) if products else ()
    return {r.id: in_locale(r.summary, ctx.locale, ctx.site.locales[0]) for r in rows}


def variants_of(ctx: Context, products: Sequence[int]) -> dict[int, list[tuple[VariantView, dict[str, str]]]]:
    """Per product its variants, each with its options as people read them: `{"Colour": "Oat"}`."""
    fallback = ctx.site.locales[0]
    found: dict[int, list[tuple[VariantView, dict[str, str]]]] = {}
    if not products:
        return found
    rows = ctx.session.execute(_VARIANTS, {"products": list(products), "currency": ctx.currency}).all()
    for row, view in zip(rows, variant_views(ctx, rows), strict=True):
        named = {
            in_locale(o.name, ctx.locale, fallback): in_locale(o.label(row.options[o.code]), ctx.locale, fallback)
            for o in read_options(row.offered)
            if o.code in row.options
        }
        found.setdefault(row.product_id, []).append((view, named))
    return found
