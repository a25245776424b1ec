"""A product's page."""

from typing import Any

from marketry import Context
from marketry.commerce.items import Demand, Item
from marketry.database import in_locale
from marketry_catalog.domain.choosing import Choice, choices
from marketry_catalog.domain.options import Option
from marketry_catalog.formatting import country_name, size_text, weight_text
from marketry_catalog.markdown import as_markup
from marketry_catalog.pages.lists import crumbs
from marketry_catalog.queries.attributes import shown_attributes
from marketry_catalog.queries.cards import cards_by_handles
from marketry_catalog.queries.product import ProductPicture, ProductView, VariantView
from marketry_catalog.queries.tree import tree_of
from marketry_catalog.settings import CatalogSettings


def product_values(ctx: Context, found: ProductView, chosen: VariantView | None) -> dict[str, Any]:
    """See the head of `catalog/product.html`."""
    return {
        "product": found,
        "variant": chosen,
        "item": item_of(ctx, found, chosen) if chosen else None,
        "options": _options(ctx, found, chosen) if chosen else [],
        "pictures": _gallery(found, chosen),
        "crumbs": crumbs(ctx, tree_of(ctx).trail(found.category)) if found.category is not None else [],
        "details": _details(ctx, found, chosen),
        "description": as_markup(found.description),
        "related": cards_by_handles(ctx, found.related),
        "notes": _notes(ctx),
        "low_stock": ctx.settings(CatalogSettings).low_stock,
        "alternates": {locale: f"/products/{slug}" for locale, slug in found.slugs.items()},
    }


def item_of(ctx: Context, found: ProductView, chosen: VariantView) -> Item:
    """What the slots of the page are about, as other plugins know it."""
    fallback = ctx.site.locales[0]
    labels = (in_locale(o.label(chosen.options.get(o.code, "")), ctx.locale, fallback) for o in found.options)
    return Item(
        sku=chosen.sku,
        title=found.title,
        options=" / ".join(label for label in labels if label),
        url=found.url,
        picture=found.pictures[0].media if found.pictures else None,
        weight=chosen.weight_g,
        price=chosen.price,
        compare_at=chosen.compare_at,
        available=chosen.available,
        demands=() if chosen.available is None else (Demand(chosen.sku),),
    )


Labelled = tuple[Choice, str, ProductPicture | None]


def _options(ctx: Context, found: ProductView, chosen: VariantView) -> list[tuple[Option, str, list[Labelled]]]:
    """Each option with its choices, and a choice with its picture where the option's choices differ by them (colours)."""
    fallback = ctx.site.locales[0]
    return [
        (
            option,
            in_locale(option.name, ctx.locale, fallback),
            _labelled(ctx, found, choices(option, found.variants, chosen)),
        )
        for option in found.options
    ]


def _labelled(ctx: Context, found: ProductView, offered: list[Choice]) -> list[Labelled]:
    pictures = {picture.id: picture for picture in found.pictures}
    by_sku = {variant.sku: pictures.get(variant.picture_id or 0) for variant in found.variants}
    own = [by_sku[choice.sku] for choice in offered]
    telling = len({picture.id for picture in own if picture}) == len(offered) > 1
    labels = [in_locale(choice.label, ctx.locale, ctx.site.locales[0]) for choice in offered]
    return [(choice, label, picture if telling else None) for choice, label, picture in zip(offered, labels, own, strict=True)]


def _notes(ctx: Context) -> list[str]:
    """What the merchant says on every product: delivery, returns."""
    notes = ctx.settings(CatalogSettings).product_notes
    return [line.strip() for line in in_locale(notes, ctx.locale, ctx.site.locales[0]).splitlines() if line.strip()]


def _gallery(found: ProductView, chosen: VariantView | None) -> list[ProductPicture]:
    """The chosen variant's own picture first; those of other variants are left to them, the rest follows."""
    own = chosen.picture_id if chosen else None
    others = {v.picture_id for v in found.variants} - {own}
    first = [p for p in found.pictures if p.id == own]
    rest = [p for p in found.pictures if p.id != own and p.id not in others]
    return first + rest if first else list(found.pictures)


def _details(ctx: Context, found: ProductView, chosen: VariantView | None) -> list[tuple[str, str]]:
    rows = [
        (ctx.gettext("Materials"), found.materials),
        (ctx.gettext("Care"), found.care),
        (ctx.gettext("Size"), size_text(ctx, chosen.size_mm) if chosen else ""),
        (ctx.gettext("Weight"), weight_text(ctx, chosen.weight_g) if chosen else ""),
        (ctx.gettext("Made in"), country_name(ctx.locale, found.made_in)),
    ]
    attributes = shown_attributes(ctx, found.id) if found.has_attributes else []
    return [*rows, *attributes, (ctx.gettext("Article number"), chosen.sku if chosen else "")]
