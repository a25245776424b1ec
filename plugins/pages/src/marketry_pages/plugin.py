"""Manifest and wiring."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from marketry import Context, Permission, Plugin, hookimpl
from marketry.jobs.values import Schedule
from marketry.web.moved import Moved
from marketry.web.values import Asset, Hit, Link, MenuEntry, PageTag, SitemapEntry
from marketry_pages.settings import PagesSettings

if TYPE_CHECKING:
    import typer
    from fastapi import APIRouter

    from marketry.web.sections import SectionKind

plugin = Plugin(
    id="pages",
    title="Pages",
    summary="Pages of the shop's own words: legal texts, a journal, redirects.",
    settings=PagesSettings,
    permissions=(
        Permission("pages.page.read", "See pages and posts"),
        Permission("pages.page.write", "Write pages and posts"),
        Permission("pages.redirect.read", "See redirects and missing addresses"),
        Permission("pages.redirect.write", "Change redirects"),
    ),
    models="marketry_pages.models",
    declares_slots={"post.products": "below a post: the products it is about, products (their handles)"},
)


@hookimpl
def routes(area: str) -> "Sequence[APIRouter]":
    if area == "shop":
        from marketry_pages.routes.shop import router as shop

        return (shop,)
    if area == "api":
        from marketry_pages.routes.api import router as api

        return (api,)
    if area == "admin":
        from marketry_pages.routes import admin_pages, admin_redirects

        return (admin_redirects.router, admin_pages.router)
    return ()


@hookimpl
def home_sections() -> "Sequence[SectionKind]":
    from marketry_pages.home_section import KIND

    return (KIND,)


@hookimpl
def admin_menu(ctx: Context) -> Sequence[MenuEntry]:
    _ = ctx.gettext
    return (
        MenuEntry(_("Pages and journal"), "/admin/pages", "pages.page.read", "catalogue", "list", 60),
        MenuEntry(_("Redirects"), "/admin/redirects", "pages.redirect.read", "catalogue", "arrow", 70),
    )


@hookimpl
def admin_search(ctx: Context, q: str) -> Sequence[Hit]:
    from marketry_pages.office import hits

    return hits(ctx, q)


@hookimpl
def navigation(ctx: Context) -> Sequence[Link]:
    from marketry_pages.linking import header

    return header(ctx)


@hookimpl
def footer_links(ctx: Context) -> Sequence[Link]:
    from marketry_pages.linking import footer

    return footer(ctx)


@hookimpl
def sitemap(ctx: Context) -> Iterable[SitemapEntry]:
    from marketry_pages.found import entries

    return entries(ctx)


@hookimpl
def page_tags(ctx: Context, view: str, values: Mapping[str, object]) -> Sequence[PageTag]:
    from marketry_pages.found import tags_of

    return tags_of(ctx, view, values)


@hookimpl
def missing(ctx: Context, path: str) -> Moved | None:
    from marketry_pages.leading import where_to

    return where_to(ctx, path)


@hookimpl
def shutdown(ctx: Context) -> None:
    from marketry_pages.counting import write

    write(ctx, now=True)


@hookimpl
def schedules() -> Sequence[Schedule]:
    from marketry_pages.counting import tidy

    return (Schedule("forget_missing", timedelta(days=1), tidy),)


@hookimpl
def assets(area: str) -> Sequence[Asset]:
    return (Asset("pages/journal.css" if area == "shop" else "pages/office.css"),)


@hookimpl
def register_cli() -> "Mapping[str, typer.Typer]":
    from marketry_pages.cli import app

    return {"pages": app}
