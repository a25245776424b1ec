"""What search engines and previews are told: canonical addresses, Open Graph, JSON-LD (schema.org/Product)."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketry import Context
from marketry.web.values import PageTag
from marketry_catalog.queries.product import ProductView, VariantView


def tags_of(ctx: Context, view: str, values: Mapping[str, object]) -> Sequence[PageTag]:
    """Tags for the catalogue's own pages; none for others."""
    if view == "catalog/product.html":
        found = values["product"]
        return _product_tags(ctx, found) if isinstance(found, ProductView) else ()
    if view == "catalog/category.html":
        return (_link("canonical", ctx.url(str(values["list_path"]), absolute=True)),)
    return ()


def _product_tags(ctx: Context, found: ProductView) -> list[PageTag]:
    address = ctx.url(found.url, absolute=True)
    pictures = [_absolute(ctx, ctx.media.url(p.media, None)) for p in found.pictures[:1]]
    return [
        _link("canonical", address),
        _meta("og:type", "product"),
        _meta("og:title", found.seo_title or found.title),
        _meta("og:url", address),
        *(_meta("og:image", picture) for picture in pictures),
        PageTag("script", json=_json_ld(ctx, found, address, pictures)),
    ]


def _json_ld(ctx: Context, found: ProductView, address: str, pictures: list[str]) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": found.title,
        "description": found.summary,
        "image": pictures,
        "url": address,
        "offers": [_offer(ctx, v, address) for v in found.variants if v.price is not None],
    }


def _offer(ctx: Context, variant: VariantView, address: str) -> dict[str, Any]:
    price = variant.price
    return {
        "@type": "Offer",
        "sku": variant.sku,
        "url": f"{address}?variant={variant.sku}",
        "price": str(price.amount) if price else None,
        "priceCurrency": ctx.currency,
        "availability": "https://schema.org/" + ("InStock" if variant.buyable else "OutOfStock"),
    }


def _absolute(ctx: Context, address: str) -> str:
    return address if address.startswith("http") else ctx.site.base_url.rstrip("/") + address


def _link(rel: str, href: str) -> PageTag:
    return PageTag("link", {"rel": rel, "href": href})


def _meta(name: str, content: str) -> PageTag:
    return PageTag("meta", {"property": name, "content": content})
