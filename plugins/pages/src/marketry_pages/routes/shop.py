"""Pages, policies and the journal, for people."""

from typing import Annotated

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from marketry import Context
from marketry.problems import not_found
from marketry.web import Ctx, Router, cached, public, render
from marketry.web.missing import redirect_to
from marketry.web.moved import Moved
from marketry_pages.entries import SPACES, EntryView, entry_by_slug, newest_posts, posts_page
from marketry_pages.feed import atom
from marketry_pages.settings import PagesSettings

router = Router()
TEMPLATES = {"page": "pages/page.html", "policy": "pages/page.html", "post": "pages/post.html"}


@router.get("/pages/{slug}")
@public
@cached()
def page(ctx: Ctx, slug: str) -> Response:
    return _entry(ctx, "page", slug)


@router.get("/policies/{slug}")
@public
@cached()
def policy(ctx: Ctx, slug: str) -> Response:
    return _entry(ctx, "policy", slug)


@router.get("/journal")
@public
@cached("tag", "cursor")
def journal(ctx: Ctx, tag: Annotated[str, Query(max_length=60)] = "", cursor: str | None = None) -> Response:
    with ctx.reading():
        found = posts_page(ctx, tag, cursor, ctx.settings(PagesSettings).posts_per_page)
        return render(ctx, "pages/journal.html", fragment="posts", page=found, tag=tag, cursor=cursor)


@router.get("/journal/feed.xml")
@public
def feed(ctx: Ctx, request: Request) -> Response:
    with ctx.reading():
        posts = newest_posts(ctx, ctx.settings(PagesSettings).posts_in_feed)
    return atom(ctx, posts, request.headers.get("if-none-match", ""))


@router.get("/journal/{slug}")
@public
@cached()
def post(ctx: Ctx, slug: str) -> Response:
    return _entry(ctx, "post", slug)


def _entry(ctx: Context, kind: str, slug: str) -> Response:
    with ctx.reading():
        found = entry_by_slug(ctx, SPACES[kind], slug)
        if found is None:
            raise not_found(ctx.gettext("This page isn't here (any more)."))
        if found.kind != kind or found.path.rpartition("/")[2] != slug:
            return redirect_to(ctx, Moved(ctx.url(found.path)))
        return render_entry(ctx, found)


def render_entry(ctx: Context, found: EntryView, *, preview: bool = False) -> Response:
    """The page as people see it; `preview` says so on top."""
    return render(ctx, TEMPLATES[found.kind], entry=found, alternates=dict(found.paths), preview=preview)
