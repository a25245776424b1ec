"""Lists and forms of the back office."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from marketry import Context
from marketry.database import in_locale, paginate
from marketry.web.values import Page
from marketry_catalog.domain.asking import Question
from marketry_catalog.domain.publishing import showing
from marketry_catalog.models.categories import category, category_product
from marketry_catalog.models.pictures import picture
from marketry_catalog.models.products import group_price, price, product, product_slug, variant
from marketry_catalog.models.stock import location, movement, stock_level
from marketry_catalog.search.finding import clean, engine_of

PAGE = 50
FOUND = 200
_units = (
    select(func.sum(stock_level.c.on_hand - stock_level.c.allocated))
    .join(variant, variant.c.id == stock_level.c.variant_id)
    .where(variant.c.product_id == product.c.id, variant.c.active, variant.c.tracked)
    .correlate(product)
    .scalar_subquery()
)
_variants = (
    select(func.count(variant.c.id))
    .where(variant.c.product_id == product.c.id, variant.c.active)
    .correlate(product)
    .scalar_subquery()
)


def product_page(ctx: Context, q: str, state: str, of_category: str, cursor: str | None) -> Page:
    """Products with main picture, number of variants and free units; newest first, or those that `q` finds."""
    statement: Select[Any] = select(
        product.c.id,
        product.c.handle,
        product.c.title,
        product.c.published,
        product.c.publish_at,
        product.c.publish_until,
        product.c.updated_at,
        picture.c.media,
        _units.label("units"),
        _variants.label("variants"),
    ).outerjoin(picture, and_(picture.c.product_id == product.c.id, picture.c.position == 1))
    if q.strip():
        statement = statement.where(product.c.id.in_(found_products(ctx, q)))
    if state in ("published", "hidden"):
        statement = statement.where(product.c.published if state == "published" else ~product.c.published)
    if of_category:
        statement = statement.where(
            product.c.id.in_(
                select(category_product.c.product_id)
                .join(category, category.c.id == category_product.c.category_id)
                .where(category.c.handle == of_category)
            )
        )
    order = [(product.c.created_at, "desc"), (product.c.id, "desc")]
    return paginate(ctx.session, statement, order=order, cursor=cursor, limit=PAGE)  # type: ignore[arg-type]


def found_products(ctx: Context, q: str) -> list[int]:
    """Ids of at most FOUND products by article number, handle or words; hidden ones too."""
    text = q.strip()
    by_sku = select(variant.c.product_id).where(or_(variant.c.sku.in_([text, text.upper()]), variant.c.barcode == text))
    by_handle = select(product.c.id).where(product.c.handle >= text.lower(), product.c.handle < text.lower() + "\U0010ffff")
    ids = [*ctx.session.execute(by_sku.limit(FOUND)).scalars(), *ctx.session.execute(by_handle.limit(FOUND)).scalars()]
    handles: dict[str, None] = {}
    for locale in ctx.site.locales:
        found = engine_of(ctx).search(ctx.with_locale(locale), Question(clean(q)), limit=FOUND)
        handles |= dict.fromkeys(handle for handle, _ in found)
    if handles:
        ids += ctx.session.execute(select(product.c.id).where(product.c.handle.in_(list(handles)))).scalars()
    return list(dict.fromkeys(ids))


def showing_of(ctx: Context, row: Any) -> str:
    return showing(row.published, row.publish_at, row.publish_until, ctx.now()).value


def categories_in_order(ctx: Context) -> list[tuple[str, str, int, Any]]:
    """(handle, name, depth, row), each below its parent."""
    rows = ctx.session.execute(select(category).order_by(category.c.position, category.c.id)).all()
    children: dict[int | None, list[Any]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)

    def below(parent: int | None, depth: int) -> list[tuple[str, str, int, Any]]:
        found = []
        for row in children.get(parent, ()):
            found.append((row.handle, in_locale(row.name, ctx.locale, ctx.site.locales[0]), depth, row))
            found += below(row.id, depth + 1)
        return found

    return below(None, 0)


def product_form(ctx: Context, row: Any) -> dict[str, Any]:
    """The values of ProductForm for a stored product, by field name."""
    values: dict[str, Any] = {}
    for text in ("title", "summary", "description", "materials", "care", "seo_title"):
        values |= {f"{text}.{locale}": getattr(row, text).get(locale, "") for locale in ctx.site.locales}
    slugs = select(product_slug.c.locale, product_slug.c.slug).where(product_slug.c.product_id == row.id, product_slug.c.current)
    values |= {f"slug.{r.locale}": r.slug for r in ctx.session.execute(slugs)}
    places = (
        select(category.c.handle)
        .join(category_product, category_product.c.category_id == category.c.id)
        .where(category_product.c.product_id == row.id, category_product.c.direct)
        .order_by(category_product.c.place)
    )
    return values | {
        "categories": list(ctx.session.execute(places).scalars()),
        "tags": " ".join(row.tags),
        "related": " ".join(row.related),
        "tax_class": row.tax_class,
        "made_in": row.made_in or "",
        "published": row.published,
        "publish_at": _local(row.publish_at),
        "publish_until": _local(row.publish_until),
    }


def _local(moment: Any) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M") if moment else ""


def variants_of_product(ctx: Context, of: int) -> list[tuple[Any, dict[str, Any]]]:
    """(variant, currency → price row), in order."""
    rows = ctx.session.execute(select(variant).where(variant.c.product_id == of).order_by(variant.c.position, variant.c.id)).all()
    prices: dict[int, dict[str, Any]] = {}
    found = select(price).join(variant, variant.c.id == price.c.variant_id).where(variant.c.product_id == of)
    for row in ctx.session.execute(found):
        prices.setdefault(row.variant_id, {})[row.currency] = row
    return [(row, prices.get(row.id, {})) for row in rows]


def group_prices_of_product(ctx: Context, of: int) -> dict[tuple[int, str, str], int]:
    """(variant, currency, price group) → minor units."""
    found = select(group_price).join(variant, variant.c.id == group_price.c.variant_id).where(variant.c.product_id == of)
    return {(row.variant_id, row.currency, row.price_group): row.amount for row in ctx.session.execute(found)}


def pictures_of_product(ctx: Context, of: int) -> Sequence[Any]:
    return ctx.session.execute(select(picture).where(picture.c.product_id == of).order_by(picture.c.position)).all()


def locations(ctx: Context) -> Sequence[Any]:
    return ctx.session.execute(select(location).order_by(location.c.priority, location.c.id)).all()


def stock_page(ctx: Context, q: str, low: int | None, cursor: str | None) -> Page:
    """Levels with their variant and product, by SKU; `low` keeps those with at most so many free units."""
    statement: Select[Any] = (
        select(
            variant.c.sku,
            location.c.code,
            location.c.name,
            stock_level.c.on_hand,
            stock_level.c.allocated,
            product.c.handle,
            product.c.title,
        )
        .join(variant, variant.c.id == stock_level.c.variant_id)
        .join(product, product.c.id == variant.c.product_id)
        .join(location, location.c.id == stock_level.c.location_id)
        .where(variant.c.tracked)
    )
    if q.strip():
        statement = statement.where(or_(variant.c.sku == q.strip().upper(), product.c.id.in_(found_products(ctx, q))))
    if low is not None:
        statement = statement.where(stock_level.c.on_hand - stock_level.c.allocated <= low)
    order = [(variant.c.sku, "asc"), (location.c.id, "asc")]
    return paginate(ctx.session, statement, order=order, cursor=cursor, limit=PAGE)  # type: ignore[arg-type]


def movement_page(ctx: Context, sku: str, cursor: str | None) -> Page:
    """Movements of one SKU, or of all, the latest first."""
    statement: Select[Any] = select(movement)
    if sku:
        statement = statement.where(movement.c.sku == sku)
    return paginate(ctx.session, statement, order=[(movement.c.id, "desc")], cursor=cursor, limit=PAGE)
