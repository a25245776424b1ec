"""Hearts on product pages and cards. They are the same for everyone; the browser presses those of its own list."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from marketry import Context
from marketry.commerce.items import Item
from marketry.web import render_text
from marketry_wishlist.settings import WishlistSettings


def on_cards(ctx: Context, items: Sequence[Any]) -> Sequence[Markup] | None:
    """A heart per card, without a word to the database."""
    if not ctx.settings(WishlistSettings).on_cards:
        return None
    return [_heart(ctx, card.handle, card.title) for card in items]


def on_product(ctx: Context, product: Any, item: Item | None = None) -> Markup:
    return _heart(ctx, product.handle, product.title, item.sku if item and item.options else "", wide=True)


def _heart(ctx: Context, product: str, title: str, sku: str = "", wide: bool = False) -> Markup:
    drawn = render_text(ctx, "wishlist/heart.html", product=product, product_title=title, sku=sku, wide=wide)
    return Markup(drawn)  # noqa: S704 - Jinja2 has escaped it
