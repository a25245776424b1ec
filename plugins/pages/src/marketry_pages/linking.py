"""Links to pages in header and footer."""

from collections.abc import Sequence

from marketry import Context
from marketry.web.values import Link
from marketry_pages.entries import EntryView, has_posts, placed
from marketry_pages.settings import PagesSettings

ASKED = "marketry_pages.placed"


def header(ctx: Context) -> Sequence[Link]:
    """Pages placed in the header, and the journal where it has posts."""
    links = [_link(ctx, one.title, one.path) for one in _placed(ctx) if one.placement == "header"]
    with ctx.reading():
        if ctx.settings(PagesSettings).journal_in_header and has_posts(ctx):
            links.append(_link(ctx, ctx.gettext("Journal"), "/journal"))
    return links


def footer(ctx: Context) -> Sequence[Link]:
    """A column of pages, and the legal ones in the last line."""
    column = tuple(_link(ctx, one.title, one.path) for one in _placed(ctx) if one.placement == "footer")
    legal = [_link(ctx, one.title, one.path) for one in _placed(ctx) if one.placement == "legal"]
    return [*([Link(ctx.gettext("Good to know"), "", column)] if column else []), *legal]


def _placed(ctx: Context) -> list[EntryView]:
    """Asked once a request: header and footer draw the same rows."""
    scope = ctx.request.scope if ctx.request else {}
    found: list[EntryView] | None = scope.get(ASKED)
    if found is None:
        with ctx.reading():
            found = scope[ASKED] = placed(ctx)
    return found


def _link(ctx: Context, label: str, path: str) -> Link:
    address = ctx.url(path)
    here = ctx.request.scope["path"] if ctx.request else ""
    return Link(label, address, active=here == path or here.startswith(f"{path}/"))
