"""What discovery draws into slots. Public pages stay the same for everyone; what a browser has seen, its script asks for."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from marketry import Context
from marketry.commerce.items import Item
from marketry.commerce.quote import Quote
from marketry.web import render_text
from marketry_catalog.api import Card, alike, cards_by_handles, products_by_sku
from marketry_discovery.pairing import PAIRS, bought_together
from marketry_discovery.settings import DiscoverySettings


def below_product(ctx: Context, product: Any, item: Item | None = None) -> Markup:
    """Bought together, else more like it where the product names no related ones, and a place for what was seen."""
    settings = ctx.settings(DiscoverySettings)
    ctx.tag(PAIRS, "products")
    with ctx.reading():
        together = _together(ctx, settings, [product.handle])
        similar = alike(ctx, product.handle, settings.alike_count) if settings.alike and not product.related else ()
    rows = [("together", ctx.gettext("Often bought together"), together), ("alike", ctx.gettext("More like this"), similar)]
    return _drawn(ctx, "discovery/below_product.html", rows=rows, product=product.handle, seen=settings.seen)


def below_cart(ctx: Context, quote: Quote) -> Markup | None:
    """What others bought together with something in the cart."""
    settings = ctx.settings(DiscoverySettings)
    with ctx.reading():
        found = products_by_sku(ctx, [quoted.line.item.sku for quoted in quote.lines])
        together = _together(ctx, settings, sorted({reference.handle for reference in found.values()}))
    rows = [("together", ctx.gettext("Often bought together"), together)]
    return _drawn(ctx, "discovery/below_cart.html", rows=rows) if together else None


def _together(ctx: Context, settings: DiscoverySettings, products: Sequence[str]) -> Sequence[Card]:
    if not settings.together:
        return ()
    found = cards_by_handles(ctx, bought_together(ctx, products, settings.together_count * 2))
    return [card for card in found if card.buyable][: settings.together_count]


def share(ctx: Context, product: Any, item: Item | None = None) -> Markup | None:
    if not ctx.settings(DiscoverySettings).share:
        return None
    return _drawn(ctx, "discovery/share.html", title=product.title, link=ctx.url(product.url, absolute=True))


def _drawn(ctx: Context, template: str, **values: Any) -> Markup:
    return Markup(render_text(ctx, template, **values))  # noqa: S704 - Jinja2 has escaped it
