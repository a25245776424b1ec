"""One product with all that its page shows, in four queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, func, literal_column, select

from marketry import Context, Money
from marketry.database import in_locale
from marketry_catalog.domain.options import Option, read_options
from marketry_catalog.kept_pages import shows_product
from marketry_catalog.models.attributes import attribute_value
from marketry_catalog.models.categories import category_product
from marketry_catalog.models.pictures import picture
from marketry_catalog.models.products import price, product, product_slug, variant
from marketry_catalog.queries.cards import given
from marketry_catalog.queries.group_prices import group_prices
from marketry_catalog.queries.visible import CURRENCY, DEFAULT_LOCALE, LOCALE, free_units, shown


@dataclass(frozen=True, slots=True)
class ProductPicture:
    id: int
    media: str
    alt: str
    width: int
    height: int
    colour: str


@dataclass(frozen=True, slots=True)
class VariantView:
    """`available`: units that can be bought now, None where they aren't counted."""

    id: int
    sku: str
    options: Mapping[str, str]
    price: Money | None
    compare_at: Money | None
    available: int | None
    picture_id: int | None
    weight_g: int
    size_mm: tuple[int | None, int | None, int | None]
    barcode: str | None

    @property
    def buyable(self) -> bool:
        return self.price is not None and (self.available is None or self.available > 0)


@dataclass(frozen=True, slots=True)
class ProductView:
    """A shown product in one locale and currency. `slugs` are its addresses per locale, `category` its main category's id,
    `extra` what plugins keep with it (`extend_entity`), by plugin."""

    id: int
    handle: str
    slug: str
    slugs: Mapping[str, str]
    title: str
    summary: str
    description: str
    materials: str
    care: str
    seo_title: str
    made_in: str | None
    tags: tuple[str, ...]
    related: tuple[str, ...]
    category: int | None
    has_attributes: bool
    extra: Mapping[str, Mapping[str, Any]]
    options: tuple[Option, ...]
    variants: tuple[VariantView, ...]
    pictures: tuple[ProductPicture, ...]

    @property
    def url(self) -> str:
        return f"/products/{self.slug}"

    def variant(self, sku: str | None) -> VariantView | None:
        """The variant asked for, else the first that can be bought, else the first."""
        chosen = next((v for v in self.variants if v.sku == sku), None)
        return chosen or next((v for v in self.variants if v.buyable), None) or next(iter(self.variants), None)


_asked, _any = product_slug.alias("asked"), product_slug.alias("every")
_BLANK: Any = literal_column("' '")  # as plain text it would be a parameter that SQLAlchemy writes into each statement anew
_slugs = (
    select(func.aggregate_strings(_any.c.locale + "=" + _any.c.slug, _BLANK))
    .where(_any.c.product_id == product.c.id, _any.c.current)
    .correlate(product)
    .scalar_subquery()
)
_category = (
    select(category_product.c.category_id)
    .where(category_product.c.product_id == product.c.id, category_product.c.direct)
    .order_by(category_product.c.place)
    .limit(1)
    .correlate(product)
    .scalar_subquery()
)
_attributes = (
    select(attribute_value.c.attribute_id).where(attribute_value.c.product_id == product.c.id).correlate(product).exists()
)
_PRODUCT = (
    select(
        product.c.id,
        product.c.handle,
        product.c.title,
        product.c.summary,
        product.c.description,
        product.c.materials,
        product.c.care,
        product.c.seo_title,
        product.c.options,
        product.c.tags,
        product.c.related,
        product.c.made_in,
        product.c.extra,
        _slugs.label("slugs"),
        _category.label("category"),
        _attributes.label("has_attributes"),
    )
    .join(_asked, _asked.c.product_id == product.c.id)
    .where(_asked.c.slug == bindparam("slug"), _asked.c.locale.in_([LOCALE, DEFAULT_LOCALE]), shown())
    .order_by((_asked.c.locale == LOCALE).desc())
    .limit(1)
)
VARIANT_COLUMNS = (
    variant.c.id,
    variant.c.sku,
    variant.c.options,
    variant.c.tracked,
    variant.c.picture_id,
    variant.c.weight_g,
    variant.c.width_mm,
    variant.c.height_mm,
    variant.c.depth_mm,
    variant.c.barcode,
    price.c.amount,
    price.c.compare_at,
    free_units().label("free"),
)


def price_of_variant() -> tuple[Any, Any]:
    """The price in `:currency`, as target and condition of an outer join."""
    return price, and_(price.c.variant_id == variant.c.id, price.c.currency == CURRENCY)


_VARIANTS = (
    select(*VARIANT_COLUMNS)
    .outerjoin(*price_of_variant())
    .where(variant.c.product_id == bindparam("product"), variant.c.active)
    .order_by(variant.c.position, variant.c.id)
)
_PICTURES = (
    select(picture.c.id, picture.c.media, picture.c.alt, picture.c.width, picture.c.height, picture.c.colour)
    .where(picture.c.product_id == bindparam("product"))
    .order_by(picture.c.position)
)


def product_by_slug(ctx: Context, slug: str) -> ProductView | None:
    """The shown product that has, or had, this address in `ctx.locale`, else in the default one, else in any; see `slug` for
    where it is now."""
    spoken = (ctx, *(ctx.with_locale(other) for other in ctx.site.locales[1:] if other != ctx.locale))
    rows = (ctx.session.execute(_PRODUCT, given(one, slug=slug)).one_or_none() for one in spoken)
    row = next((row for row in rows if row), None)
    return _view(ctx, row) if row else None


def _view(ctx: Context, row: Any) -> ProductView:
    fallback = ctx.site.locales[0]
    shows_product(ctx, row.handle)

    def text(texts: Mapping[str, str]) -> str:
        return in_locale(texts, ctx.locale, fallback)

    slugs = dict(line.split("=", 1) for line in (row.slugs or "").split())
    variants = ctx.session.execute(_VARIANTS, {"product": row.id, "currency": ctx.currency}).all()
    pictures = ctx.session.execute(_PICTURES, {"product": row.id}).all()
    return ProductView(
        row.id,
        row.handle,
        slugs.get(ctx.locale) or slugs.get(fallback) or row.handle,
        slugs,
        text(row.title),
        text(row.summary),
        text(row.description),
        text(row.materials),
        text(row.care),
        text(row.seo_title),
        row.made_in,
        tuple(row.tags),
        tuple(row.related),
        row.category,
        bool(row.has_attributes),
        row.extra,
        read_options(row.options),
        tuple(variant_views(ctx, variants)),
        tuple(ProductPicture(r.id, r.media, text(r.alt), r.width, r.height, r.colour) for r in pictures),
    )


def variant_views(ctx: Context, rows: Sequence[Any]) -> list[VariantView]:
    """From rows of VARIANT_COLUMNS."""
    own = group_prices(ctx, [row.id for row in rows])
    return [_variant_view(row, ctx.currency, own.get(row.id)) for row in rows]


def _variant_view(row: Any, currency: str, of_group: int | None) -> VariantView:
    """`of_group` is the price of the visitor's price group, where it has one."""
    amount, before = (row.amount, row.compare_at) if of_group is None else (of_group, None)
    return VariantView(
        row.id,
        row.sku,
        row.options,
        Money(amount, currency) if amount is not None else None,
        Money(before, currency) if before is not None else None,
        int(row.free or 0) if row.tracked else None,
        row.picture_id,
        row.weight_g,
        (row.width_mm, row.height_mm, row.depth_mm),
        row.barcode,
    )
