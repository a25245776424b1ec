"""Conditions that several queries share."""

from typing import Any

from sqlalchemy import ColumnElement, String, and_, bindparam, exists, func, or_, select

from marketry.database import UTCDateTime
from marketry_catalog.models.products import product, product_slug, variant
from marketry_catalog.models.stock import location, stock_level

NOW = bindparam("now", type_=UTCDateTime())
LOCALE = bindparam("locale", type_=String())
DEFAULT_LOCALE = bindparam("default_locale", type_=String())
CURRENCY = bindparam("currency", type_=String())


def shown() -> ColumnElement[bool]:
    """The product is published and within its window at `:now` (the rule of domain/publishing.py)."""
    return and_(
        product.c.published,
        or_(product.c.publish_at.is_(None), product.c.publish_at <= NOW),
        or_(product.c.publish_until.is_(None), product.c.publish_until > NOW),
    )


def free_units() -> Any:
    """Units of `catalog_variant` that can be promised now, over all active locations; NULL where it has no level."""
    return (
        select(func.sum(stock_level.c.on_hand - stock_level.c.allocated))
        .join(location, location.c.id == stock_level.c.location_id)
        .where(stock_level.c.variant_id == variant.c.id, location.c.active)
        .correlate(variant)
        .scalar_subquery()
    )


def buyable() -> ColumnElement[bool]:
    """Some active variant of the product can be bought now."""
    in_stock = exists().where(
        stock_level.c.variant_id == variant.c.id,
        stock_level.c.location_id == location.c.id,
        location.c.active,
        stock_level.c.on_hand > stock_level.c.allocated,
    )
    return (
        exists()
        .where(variant.c.product_id == product.c.id, variant.c.active, or_(~variant.c.tracked, in_stock.correlate(variant)))
        .correlate(product)
    )


def current_slug() -> Any:
    """The product's address in `:locale`, else in `:default_locale`, else its handle."""

    def in_locale(locale: Any) -> Any:
        return (
            select(product_slug.c.slug)
            .where(product_slug.c.product_id == product.c.id, product_slug.c.locale == locale, product_slug.c.current)
            .correlate(product)
            .scalar_subquery()
        )

    return func.coalesce(in_locale(LOCALE), in_locale(DEFAULT_LOCALE), product.c.handle)
