"""The kinds of sections that the catalogue offers: a hero, products, categories, a story, a saying."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from marketry import Context
from marketry.web.sections import (
    MediaName,
    SectionKind,
    Words,
    category_field,
    lines_field,
    link_field,
    picture_field,
    said,
    words_field,
)  # fmt: skip
from marketry_catalog.queries.cards import Card, cards_by_handles
from marketry_catalog.queries.home import ROW, pictures_of, tagged, tiles
from marketry_catalog.queries.listing import Listing, page_of
from marketry_catalog.queries.tree import tree_of

TAGS = {"new": "New", "bestseller": "What people come back for", "gift": "To give away"}


class Fields(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Hero(Fields):
    title: Words = words_field("Title")
    text: Words = words_field("Text", long=True)
    picture: MediaName = picture_field("Picture", "Wide, 1920 × 1080 pixels or more")
    look: Literal["over", "beside", "plain"] = Field(
        "beside", title="Words", description="over: on the picture, for one that is light at the upper right; plain: no picture"
    )
    button: Words = words_field("Button")
    link: str = link_field("Where the button leads", "An address of this shop, such as /categories/mugs-cups")


class Products(Fields):
    title: Words = words_field("Title", "Empty: the name of the category, or of the tag where the shop has one")
    tag: str = Field("", max_length=60, title="Tag", description="The newest products with this tag")
    category: str = category_field("Category", "Products of this category, in its order")
    handles: list[str] = lines_field("Chosen products", "One product a line, by its handle: these and no others")
    count: int = Field(4, ge=2, le=12, title="How many")


class Categories(Fields):
    title: Words = words_field("Title")
    handles: list[str] = lines_field("Categories", "One category a line, by its handle. Empty: all at the top")


class Story(Fields):
    title: Words = words_field("Title")
    text: Words = words_field("Text", "An empty line begins a new paragraph", long=True)
    picture: MediaName = picture_field("Picture")
    turned: bool = Field(default=False, title="Picture on the other side")
    button: Words = words_field("Link")
    link: str = link_field("Where it leads")


class Saying(Fields):
    text: Words = words_field("Words", long=True)
    who: Words = words_field("Who said it")


def hero(ctx: Context, wanted: Hero) -> Mapping[str, Any] | None:
    title = said(ctx, wanted.title) or ctx.gettext(ctx.site.name)
    picture = None if wanted.look == "plain" else picture_of(ctx, wanted.picture, "hero", title)
    return {
        "title": title, "paragraphs": paragraphs(ctx, wanted.text), "picture": picture,
        "look": wanted.look if picture else "plain", "button": said(ctx, wanted.button), "link": wanted.link,
    }  # fmt: skip


def products(ctx: Context, wanted: Products) -> Mapping[str, Any] | None:
    found, title, more = _chosen(ctx, wanted)
    return {"title": said(ctx, wanted.title) or title, "products": found[: wanted.count], "more": more} if found else None


def _chosen(ctx: Context, wanted: Products) -> tuple[list[Card], str, str]:
    """The products, a title for want of one, and where there are more of them."""
    if wanted.handles:
        return cards_by_handles(ctx, [handle.strip() for handle in wanted.handles]), ctx.gettext("Chosen for you"), ""
    if wanted.category:
        node = next((one for one in tree_of(ctx).by_id.values() if one.handle == wanted.category), None)
        if node is None or not tree_of(ctx).shown(node.id):
            return [], "", ""
        return list(page_of(ctx, Listing("", node.id), None, wanted.count).items), node.name, f"/categories/{node.path}"
    [(tag, cards)] = tagged(ctx, [wanted.tag], max(wanted.count, ROW))
    return cards, ctx.gettext(TAGS.get(tag, tag)), ""


def categories(ctx: Context, wanted: Categories) -> Mapping[str, Any] | None:
    found = tiles(ctx, [handle.strip() for handle in wanted.handles])
    return {"title": said(ctx, wanted.title) or ctx.gettext("Categories"), "tiles": found} if found else None


def story(ctx: Context, wanted: Story) -> Mapping[str, Any] | None:
    title, text = said(ctx, wanted.title), paragraphs(ctx, wanted.text)
    if not title and not text:
        return None
    return {
        "title": title, "paragraphs": text, "picture": picture_of(ctx, wanted.picture, "", ""), "turned": wanted.turned,
        "button": said(ctx, wanted.button), "link": wanted.link,
    }  # fmt: skip


def saying(ctx: Context, wanted: Saying) -> Mapping[str, Any] | None:
    text = said(ctx, wanted.text)
    return {"text": text, "who": said(ctx, wanted.who)} if text else None


def paragraphs(ctx: Context, words: Words) -> list[str]:
    return [part.strip() for part in said(ctx, words).replace("\r\n", "\n").split("\n\n") if part.strip()]


def picture_of(ctx: Context, name: str, kind: str, instead: str) -> Mapping[str, Any] | None:
    """The picture by its name, in the media store or as a scene's file; without a name the first scene of `kind`, if given."""
    scenes = pictures_of(ctx)
    if not name:
        return next((one for one in scenes if one["kind"] == kind), None)
    known = next((one for one in scenes if name in (one["media"], one["file"])), None)
    if known is not None:
        return known
    try:
        width, height = ctx.media.size(name)
    except ValueError:  # a file of a catalogue that isn't imported (yet)
        return None
    return {"media": name, "alt": instead, "width": width, "height": height}


KINDS = (
    SectionKind("hero", "Hero", "catalog/sections/hero.html", Hero, hero, "A large picture with a few words and a button", True),
    SectionKind("products", "Products", "catalog/sections/products.html", Products, products, "A row by tag, category or hand"),
    SectionKind("categories", "Categories", "catalog/sections/categories.html", Categories, categories, "A grid of pictures"),
    SectionKind("story", "Story", "catalog/sections/story.html", Story, story, "A picture beside a text"),
    SectionKind("saying", "Quote", "catalog/sections/saying.html", Saying, saying, "A sentence of someone, large"),
)
