"""Every variant that can be shown, as a row of the feed: read in batches, so that a hundred thousand products need no more
memory than a hundred."""

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any

from sqlalchemy import Integer, and_, bindparam, select

from marketry import Context, Money
from marketry.database import in_locale
from marketry.web.found import written
from marketry_catalog.domain.gtin import is_gtin
from marketry_catalog.domain.options import Option, read_options
from marketry_catalog.models.categories import category_product
from marketry_catalog.models.pictures import picture
from marketry_catalog.models.products import price, product, variant
from marketry_catalog.queries.cards import given
from marketry_catalog.queries.tree import tree_of
from marketry_catalog.queries.visible import CURRENCY, current_slug, free_units, shown

BATCH = 500
MOST_NAME = 50  # characters of an id
MOST_PICTURES = 10  # additional ones that a shopping site takes
COLOUR, SIZE = ("colour", "color", "颜色"), ("size", "尺寸")
# What a shopping site asks for, in the order of the columns.
FIELDS = (
    "id", "title", "description", "link", "image_link", "additional_image_link", "availability", "price", "sale_price", "gtin",
    "mpn", "brand", "condition", "product_type", "item_group_id", "shipping_weight", "color", "size", "material",
)  # fmt: skip
Row = Mapping[str, str | list[str]]
_category = (
    select(category_product.c.category_id)
    .where(category_product.c.product_id == product.c.id, category_product.c.direct)
    .order_by(category_product.c.place)
    .limit(1)
    .correlate(product)
    .scalar_subquery()
)
_own_picture = select(picture.c.media).where(picture.c.id == variant.c.picture_id).correlate(variant).scalar_subquery()
_VARIANTS = (
    select(
        variant.c.id,
        variant.c.sku,
        variant.c.options,
        variant.c.barcode,
        variant.c.weight_g,
        variant.c.tracked,
        price.c.amount,
        price.c.compare_at,
        free_units().label("free"),
        _own_picture.label("own_picture"),
        product.c.id.label("product"),
        product.c.handle,
        product.c.title,
        product.c.summary,
        product.c.materials,
        product.c.options.label("choices"),
        _category.label("category"),
        current_slug().label("slug"),
    )
    .join(product, product.c.id == variant.c.product_id)
    .join(price, and_(price.c.variant_id == variant.c.id, price.c.currency == CURRENCY))
    .where(shown(), variant.c.active, price.c.amount > 0, variant.c.id > bindparam("after", type_=Integer()))
    .order_by(variant.c.id)
    .limit(BATCH)
)
_PICTURES = (
    select(picture.c.product_id, picture.c.media)
    .where(picture.c.product_id.in_(bindparam("products", expanding=True)))
    .order_by(picture.c.product_id, picture.c.position)
)


def offers(ctx: Context) -> Iterator[Row]:
    """Each variant that costs something in the context's currency, in its language; what is free isn't taken."""
    after = 0
    while True:
        with ctx.reading() as session:
            rows = session.execute(_VARIANTS, given(ctx, after=after)).all()
            pictures = _pictures(session, {row.product for row in rows})
            made = [_row(ctx, row, pictures.get(row.product, [])) for row in rows]
        yield from made
        if len(rows) < BATCH:
            return
        after = rows[-1].id


def _pictures(session: Any, products: set[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for row in session.execute(_PICTURES, {"products": sorted(products)}) if products else ():
        found.setdefault(row.product_id, []).append(row.media)
    return found


def _row(ctx: Context, row: Any, media: list[str]) -> Row:
    fallback = ctx.site.locales[0]
    options = read_options(row.choices)
    chosen = {option.code: in_locale(option.label(row.options.get(option.code, "")), ctx.locale, fallback) for option in options}
    title = in_locale(row.title, ctx.locale, fallback)
    pictures = list(dict.fromkeys([*([row.own_picture] if row.own_picture else []), *media]))
    link = ctx.url(f"/products/{row.slug}?variant={row.sku}", absolute=True)
    found: dict[str, str | list[str]] = {
        "id": _named(row.sku),
        "title": " – ".join([title, *filter(None, chosen.values())])[:150],
        "description": (in_locale(row.summary, ctx.locale, fallback) or title)[:5_000],
        "link": written(link),
        "image_link": _address(ctx, pictures[0]) if pictures else "",
        "additional_image_link": [_address(ctx, one) for one in pictures[1 : MOST_PICTURES + 1]],
        "availability": "in_stock" if not row.tracked or (row.free or 0) > 0 else "out_of_stock",
        "gtin": row.barcode if row.barcode and is_gtin(row.barcode) else "",
        "mpn": row.sku[:70],
        "brand": ctx.gettext(ctx.site.name)[:70],
        "condition": "new",
        "product_type": _trail(ctx, row.category),
        "item_group_id": _named(row.handle) if options else "",
        "shipping_weight": f"{row.weight_g} g" if row.weight_g else "",
        "color": _of(options, chosen, COLOUR)[:100],
        "size": _of(options, chosen, SIZE)[:100],
        "material": in_locale(row.materials, ctx.locale, fallback)[:200],
    }
    return found | _prices(ctx, row.amount, row.compare_at)


def _named(text: str) -> str:
    """What names a thing for good, in at most 50 characters: a longer one keeps its beginning and is told apart by a digest."""
    return text if len(text) <= MOST_NAME else f"{text[: MOST_NAME - 17]}-{blake2b(text.encode(), digest_size=8).hexdigest()}"


def _prices(ctx: Context, amount: int, compare_at: int | None) -> dict[str, str | list[str]]:
    """A reduced price is the sale price, beside what it was."""
    now = f"{Money(amount, ctx.currency).amount} {ctx.currency}"
    if compare_at is None:
        return {"price": now}
    return {"price": f"{Money(compare_at, ctx.currency).amount} {ctx.currency}", "sale_price": now}


def _of(options: tuple[Option, ...], chosen: Mapping[str, str], names: tuple[str, ...]) -> str:
    """The value of the option that is called so, by its code or in any language."""
    for option in options:
        called = {option.code.casefold(), *(name.casefold() for name in option.name.values())}
        if called & set(names):
            return chosen.get(option.code, "")
    return ""


def _trail(ctx: Context, category: int | None) -> str:
    return " > ".join(node.name for node in tree_of(ctx).trail(category)) if category is not None else ""


def _address(ctx: Context, media: str) -> str:
    address = ctx.media.url(media)
    return written(address if address.startswith("http") else ctx.site.base_url.rstrip("/") + address)
