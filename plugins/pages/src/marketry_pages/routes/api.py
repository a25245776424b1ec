"""Pages and posts as JSON, for headless shops."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from marketry import Context
from marketry.problems import not_found
from marketry.web import Ctx, Router, public
from marketry_pages.entries import EntryView, entry_by_slug, posts_page

router = Router()


class PictureOut(BaseModel):
    url: str
    alt: str
    width: int
    height: int


class EntryOut(BaseModel):
    """`kind`: page, policy or post; `path`: where the shop's own pages show it, in the language asked for."""

    slug: str
    kind: str
    title: str
    summary: str
    path: str
    picture: PictureOut | None
    author: str
    tags: list[str]
    products: list[str]
    published_at: datetime
    changed_at: datetime


class EntryDetailOut(EntryOut):
    """`html` is clean: nothing in it runs or loads from elsewhere. `slugs` per language."""

    html: str
    slugs: dict[str, str]


class PostsOut(BaseModel):
    items: list[EntryOut]
    next_cursor: str | None


@router.get("/pages/{slug}")
@public
def page(ctx: Ctx, slug: str) -> EntryDetailOut:
    """A page or policy by its address in any language, or by its handle."""
    return _detail(ctx, "page", slug)


@router.get("/posts")
@public
def posts(
    ctx: Ctx,
    tag: Annotated[str, Query(max_length=60)] = "",
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 24,
) -> PostsOut:
    """Posts of the journal, the newest first."""
    with ctx.reading():
        page = posts_page(ctx, tag, cursor, limit)
    return PostsOut(items=[EntryOut.model_validate(_out(ctx, one)) for one in page.items], next_cursor=page.next_cursor)


@router.get("/posts/{slug}")
@public
def post(ctx: Ctx, slug: str) -> EntryDetailOut:
    """A post by its address in any language, or by its handle."""
    return _detail(ctx, "post", slug)


def _detail(ctx: Context, space: str, slug: str) -> EntryDetailOut:
    with ctx.reading():
        found = entry_by_slug(ctx, space, slug)
    if found is None:
        raise not_found(ctx.gettext("This page isn't here (any more)."))
    slugs = {locale: path.rpartition("/")[2] for locale, path in found.paths.items()}
    return EntryDetailOut.model_validate({**_out(ctx, found), "html": str(found.body), "slugs": slugs})


def _out(ctx: Context, one: EntryView) -> dict[str, object]:
    picture = None
    if one.picture:
        width, height = ctx.media.size(one.picture)
        picture = {"url": ctx.media.url(one.picture), "alt": one.picture_alt, "width": width, "height": height}
    return {
        "slug": one.path.rpartition("/")[2],
        "kind": one.kind,
        "title": one.title,
        "summary": one.summary,
        "path": ctx.url(one.path),
        "picture": picture,
        "author": one.author,
        "tags": list(one.tags),
        "products": list(one.products),
        "published_at": one.published_at,
        "changed_at": one.changed_at,
    }
