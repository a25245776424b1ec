"""Products as cards: what a list shows of each, in one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, bindparam, select

from marketry import Context, Money
from marketry.database import in_locale
from marketry_catalog.kept_pages import shows_list
from marketry_catalog.models.pictures import picture
from marketry_catalog.models.products import price_range, product
from marketry_catalog.queries.group_prices import group_ranges
from marketry_catalog.queries.visible import CURRENCY, buyable, current_slug, shown


@dataclass(frozen=True, slots=True)
class Card:
    """A product in a list. `price` is its lowest in the context's currency; `varies` says that other variants cost more."""

    id: int
    handle: str
    slug: str
    title: str
    price: Money | None
    compare_at: Money | None
    varies: bool
    buyable: bool
    picture: str | None
    alt: str
    width: int
    height: int
    colour: str

    @property
    def url(self) -> str:
        return f"/products/{self.slug}"


def cards(*, priced: bool = False) -> Select[Any]:
    """Shown products with all that a card needs; add conditions, order and limit. `priced`: only those with a price, so that
    their prices may be walked in order."""
    return (
        select(
            product.c.id,
            product.c.handle,
            product.c.title,
            current_slug().label("slug"),
            price_range.c.lowest,
            price_range.c.highest,
            price_range.c.compare_at,
            buyable().label("buyable"),
            picture.c.media,
            picture.c.alt,
            picture.c.width,
            picture.c.height,
            picture.c.colour,
        )
        .join(
            price_range,
            and_(price_range.c.product_id == product.c.id, price_range.c.currency == CURRENCY),
            isouter=not priced,
        )
        .outerjoin(picture, and_(picture.c.product_id == product.c.id, picture.c.position == 1))
        .where(shown())
    )


def given(ctx: Context, **more: object) -> dict[str, Any]:
    """The parameters that every list has, and `more`."""
    return {
        "locale": ctx.locale,
        "default_locale": ctx.site.locales[0],
        "currency": ctx.currency,
        "now": ctx.now(),
        **more,
    }


def _drawn(ctx: Context, rows: Sequence[Any]) -> list[Card]:
    ranges = group_ranges(ctx, [row.id for row in rows])
    return [_card(ctx, row, ranges.get(row.id)) for row in rows]


def _card(ctx: Context, row: Any, of_group: Any) -> Card:
    """`of_group` is the price range of the visitor's price group, where it is another than everybody's."""
    locale, fallback, currency = ctx.locale, ctx.site.locales[0], ctx.currency
    ctx.tag(f"product:{row.handle}")
    prices = of_group or row
    before = row.compare_at if of_group is None else None
    return Card(
        row.id,
        row.handle,
        row.slug,
        in_locale(row.title, locale, fallback),
        Money(prices.lowest, currency) if prices.lowest is not None else None,
        Money(before, currency) if before is not None else None,
        prices.lowest != prices.highest,
        bool(row.buyable),
        row.media,
        in_locale(row.alt, locale, fallback),
        row.width or 0,
        row.height or 0,
        row.colour or "",
    )


_BY_IDS = cards().where(product.c.id.in_(bindparam("ids", expanding=True)))
_BY_HANDLES = cards().where(product.c.handle.in_(bindparam("handles", expanding=True)))


def cards_by_ids(ctx: Context, ids: Sequence[int]) -> list[Card]:
    """In the order of `ids`; those that aren't shown are left out."""
    shows_list(ctx)
    if not ids:
        return []
    found = {card.id: card for card in _drawn(ctx, ctx.session.execute(_BY_IDS, given(ctx, ids=list(ids))).all())}
    return [found[i] for i in ids if i in found]


def cards_by_handles(ctx: Context, handles: Sequence[str]) -> list[Card]:
    """In the order of `handles`; those that aren't shown are left out."""
    shows_list(ctx)
    if not handles:
        return []
    rows = ctx.session.execute(_BY_HANDLES, given(ctx, handles=list(handles))).all()
    found = {card.handle: card for card in _drawn(ctx, rows)}
    return [found[h] for h in handles if h in found]
