"""SKUs as items that a cart can hold."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, func, select

from marketry import Context, Money
from marketry.commerce.items import Demand, Item
from marketry.database import in_locale
from marketry_catalog.domain.options import read_options
from marketry_catalog.models.categories import category, category_product
from marketry_catalog.models.pictures import picture
from marketry_catalog.models.products import price, product, variant
from marketry_catalog.queries.group_prices import group_prices
from marketry_catalog.queries.visible import CURRENCY, current_slug, free_units, shown

_of_variant, _main = picture.alias("of_variant"), picture.alias("main_picture")

_categories = (
    select(func.aggregate_strings(category.c.handle, " "))
    .join(category_product, category_product.c.category_id == category.c.id)
    .where(category_product.c.product_id == product.c.id)
    .correlate(product)
    .scalar_subquery()
)

_ITEMS = (
    select(
        variant.c.id,
        variant.c.sku,
        product.c.title,
        product.c.options.label("offered"),
        variant.c.options,
        product.c.tax_class,
        variant.c.weight_g,
        variant.c.tracked,
        variant.c.shippable,
        price.c.amount,
        price.c.compare_at,
        func.coalesce(_of_variant.c.media, _main.c.media).label("media"),
        current_slug().label("slug"),
        _categories.label("categories"),
        free_units().label("free"),
    )
    .join(product, product.c.id == variant.c.product_id)
    .outerjoin(price, and_(price.c.variant_id == variant.c.id, price.c.currency == CURRENCY))
    .outerjoin(_of_variant, _of_variant.c.id == variant.c.picture_id)
    .outerjoin(_main, and_(_main.c.product_id == product.c.id, _main.c.position == 1))
    .where(variant.c.sku.in_(bindparam("skus", expanding=True)), variant.c.active, shown())
)


def options_text(offered: Any, chosen: Mapping[str, str], locale: str, fallback: str) -> str:
    """`Oat / Large`: the chosen values as people read them, in the order in which they are offered."""
    labels = (in_locale(o.label(chosen[o.code]), locale, fallback) for o in read_options(offered) if o.code in chosen)
    return " / ".join(label for label in labels if label)


def resolve(ctx: Context, skus: Sequence[str]) -> dict[str, Item]:
    """The published variants among `skus`, in `ctx.locale` and `ctx.currency`, at the prices of `ctx.price_group`."""
    fallback = ctx.site.locales[0]
    found = ctx.session.execute(
        _ITEMS,
        {
            "skus": list(skus),
            "locale": ctx.locale,
            "default_locale": fallback,
            "currency": ctx.currency,
            "now": ctx.now(),
        },
    ).all()
    own = group_prices(ctx, [row.id for row in found])
    return {row.sku: _item(row, ctx.locale, fallback, ctx.currency, own.get(row.id)) for row in found}


def _item(row: Any, locale: str, fallback: str, currency: str, of_group: int | None) -> Item:
    amount, before = (row.amount, row.compare_at) if of_group is None else (of_group, None)
    options = options_text(row.offered, row.options, locale, fallback) if row.options else ""
    return Item(
        sku=row.sku,
        title=in_locale(row.title, locale, fallback),
        options=options,
        url=f"/products/{row.slug}?variant={row.sku}" if row.options else f"/products/{row.slug}",
        picture=row.media,
        tax_class=row.tax_class,
        categories=tuple(sorted(row.categories.split())) if row.categories else (),
        weight=row.weight_g,
        shippable=row.shippable,
        demands=(Demand(row.sku),) if row.tracked else (),
        price=Money(amount, currency) if amount is not None else None,
        compare_at=Money(before, currency) if before is not None else None,
        available=int(row.free or 0) if row.tracked else None,
    )
