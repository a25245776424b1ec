"""The catalogue as linked data (https://schema.org): products with their offers, trails, lists, the shop's search."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from marketry import Context
from marketry.web.found import written
from marketry_catalog.domain.gtin import is_gtin
from marketry_catalog.queries.cards import Card
from marketry_catalog.queries.product import ProductView, VariantView

CONTEXT = "https://schema.org"


def product(ctx: Context, found: ProductView, address: str) -> dict[str, Any]:
    """https://schema.org/Product; several variants are an AggregateOffer that names each."""
    described: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "Product",
        "name": found.title,
        "url": address,
        "brand": {"@type": "Brand", "name": ctx.gettext(ctx.site.name)},
    }
    if found.summary:
        described["description"] = found.summary
    if found.pictures:
        described["image"] = [absolute(ctx, ctx.media.url(picture.media)) for picture in found.pictures[:6]]
    if found.materials:
        described["material"] = found.materials
    if len(found.variants) == 1:
        described |= _identity(found.variants[0])
    offers = [_offer(ctx, variant, address) for variant in found.variants if variant.price is not None]
    if offers:
        described["offers"] = offers[0] if len(offers) == 1 else _aggregate(ctx, found, offers, address)
    return described


def _aggregate(ctx: Context, found: ProductView, offers: list[dict[str, Any]], address: str) -> dict[str, Any]:
    prices: list[Decimal] = [variant.price.amount for variant in found.variants if variant.price is not None]
    return {
        "@type": "AggregateOffer",
        "url": address,
        "priceCurrency": ctx.currency,
        "lowPrice": str(min(prices)),
        "highPrice": str(max(prices)),
        "offerCount": len(offers),
        "offers": offers,
    }


def _offer(ctx: Context, variant: VariantView, address: str) -> dict[str, Any]:
    price = variant.price
    return {
        "@type": "Offer",
        **_identity(variant),
        "url": f"{address}?variant={written(variant.sku)}",
        "price": str(price.amount) if price else "",
        "priceCurrency": ctx.currency,
        "itemCondition": f"{CONTEXT}/NewCondition",
        "availability": f"{CONTEXT}/" + ("InStock" if variant.buyable else "OutOfStock"),
        "seller": {"@type": "Organization", "name": ctx.gettext(ctx.site.name)},
    }


def _identity(variant: VariantView) -> dict[str, str]:
    """Article number, and the number of the trade where the barcode is one."""
    known = {"sku": variant.sku}
    if variant.barcode and is_gtin(variant.barcode):
        known[f"gtin{len(variant.barcode)}"] = variant.barcode
    return known


def breadcrumbs(ctx: Context, trail: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """https://schema.org/BreadcrumbList of (name, path), from the top; the last is the page itself."""
    base = ctx.site.base_url.rstrip("/")
    items = [
        {"@type": "ListItem", "position": at, "name": name, "item": written(base + path)}
        for at, (name, path) in enumerate(trail, 1)
    ]
    return {"@context": CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}


def item_list(ctx: Context, name: str, cards: Sequence[Card]) -> dict[str, Any]:
    """https://schema.org/ItemList: what a page of a category shows, in its order."""
    items = [
        {"@type": "ListItem", "position": at, "name": card.title, "url": written(ctx.url(card.url, absolute=True))}
        for at, card in enumerate(cards, 1)
    ]
    return {"@context": CONTEXT, "@type": "ItemList", "name": name, "numberOfItems": len(items), "itemListElement": items}


def website(ctx: Context) -> dict[str, Any]:
    """https://schema.org/WebSite with its search."""
    search = ctx.url("/search", absolute=True) + "?q={search_term_string}"
    return {
        "@context": CONTEXT,
        "@type": "WebSite",
        "name": ctx.gettext(ctx.site.name),
        "url": written(ctx.url("/", absolute=True)),
        "inLanguage": ctx.runtime.i18n.language_tag(ctx.locale),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": search},
            "query-input": "required name=search_term_string",
        },
    }


def absolute(ctx: Context, address: str) -> str:
    """The whole address of a picture, which may lie elsewhere."""
    return written(address if address.startswith("http") else ctx.site.base_url.rstrip("/") + address)
