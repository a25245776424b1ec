"""A list as its page shows it: what each product costs and whether it can be had now. A handful of queries per page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from marketry import Context, Money
from marketry.commerce.items import Item
from marketry_catalog.api import Card, ProductReference, cards_by_handles, products_by_handle, skus_by_handle
from marketry_wishlist.models import List, Wish
from marketry_wishlist.wishing import items


@dataclass(frozen=True, slots=True)
class ShownWish:
    """`card` None: the shop doesn't show the product any more. `sku`: what the button puts into the cart; "" where a variant
    must be chosen first. `before`: what it cost when it was wished for, where it is cheaper now."""

    id: int
    product: str
    title: str
    url: str
    card: Card | None
    item: Item | None
    sku: str
    price: Money | None
    before: Money | None

    @property
    def sold_out(self) -> bool:
        if self.item is not None:
            return self.item.available == 0
        return self.card is None or not self.card.buyable


def shown_wishes(ctx: Context, kept: List | None) -> Sequence[ShownWish]:
    """The newest first. Inside a session."""
    if kept is None:
        return ()
    newest = select(Wish).where(col(Wish.list_id) == kept.id).order_by(col(Wish.added_at).desc(), col(Wish.id).desc())
    wishes = ctx.session.scalars(newest).all()
    handles = [wish.product for wish in wishes]
    cards = {card.handle: card for card in cards_by_handles(ctx, handles)}
    known = products_by_handle(ctx, handles)
    sold = skus_by_handle(ctx, handles)
    skus = {wish.product: _meant(wish, sold) for wish in wishes}
    found = items(ctx, [sku for sku in skus.values() if sku])
    return [
        _shown(wish, cards.get(wish.product), known[wish.product], found.get(skus[wish.product]))
        for wish in wishes
        if wish.product in known
    ]


def _meant(wish: Wish, sold: Mapping[str, Sequence[str]]) -> str:
    """The variant that was chosen, else the only one there is."""
    variants = sold.get(wish.product, ())
    return wish.sku if wish.sku in variants else variants[0] if len(variants) == 1 else ""


def _shown(wish: Wish, card: Card | None, known: ProductReference, item: Item | None) -> ShownWish:
    price = (item.price if item else card.price if card else None) if card else None
    before = None
    if price is not None and wish.price is not None and wish.currency == price.currency and price.minor < wish.price:
        before = Money(wish.price, wish.currency)
    url = item.url if item is not None and item.url else known.url
    return ShownWish(wish.id or 0, wish.product, known.title, url, card, item, item.sku if item else "", price, before)
