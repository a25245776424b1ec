"""Pages, routes, slots, assets, identity."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from marketry.plugins.markers import Failure, hookspec
from marketry.web.values import Actor, Asset, Link, PageTag, SitemapEntry, SlotFill

if TYPE_CHECKING:
    from fastapi import APIRouter, Request

    from marketry.context import Context


@hookspec(Failure.BOOT)
def routes(area: str) -> Sequence["APIRouter"]:  # type: ignore[empty-body]
    """Return the routers of one area: `shop` (mounted at /), `admin` (/admin), `api` (/api/v1), `webhook` (/hooks/<plugin>).

    Called once per area when the web application is built. Every route that changes state, and every admin route, says
    `@permission(…)` or `@public`; otherwise the site doesn't start. Two plugins with the same path is a boot error, unless one
    of the routes says `@gives_way`: the other's is then mounted (the catalogue's home page gives way to another plugin's `/`).
    """


@hookspec(Failure.BOOT)
def slots() -> Sequence[SlotFill]:  # type: ignore[empty-body]
    """Return fragments to put into slots of templates, each with the name of the slot.

    Called once at boot; the fill's `render(ctx, **arguments)` is called each time the slot is drawn, in hook order, and
    fails open. An unknown slot is a boot error that lists those there are.
    """


@hookspec(Failure.BOOT)
def assets(area: str) -> Sequence[Asset]:  # type: ignore[empty-body]
    """Return stylesheets and scripts to load on every page of an area (`shop` or `admin`). Called once at boot."""


@hookspec(Failure.CLOSED, first=True)
def resolve_actor(ctx: "Context", request: "Request") -> Actor | None:
    """Say who is behind a request, from its session or its bearer token; None: not mine.

    The first answer wins; none: the visitor is anonymous. Called at most once a request, when something asks for
    `ctx.actor`; not called on public pages that never ask.
    """


@hookspec(Failure.OPEN)
def sitemap(ctx: "Context") -> Iterable[SitemapEntry]:  # type: ignore[empty-body]
    """Yield the public pages for /sitemap.xml. Called when the sitemap is made; streaming, so yield."""


@hookspec(Failure.OPEN)
def page_tags(ctx: "Context", view: str, values: Mapping[str, object]) -> Sequence[PageTag]:  # type: ignore[empty-body]
    """Return tags for the head of a page (meta, link, JSON-LD). `view` is the template's name, `values` its variables.

    Called once per full HTML page of the shop; not for fragments, mails or the back office.
    """


@hookspec(Failure.OPEN)
def navigation(ctx: "Context") -> Sequence[Link]:  # type: ignore[empty-body]
    """Return links for the shop's main navigation (categories, journal). Called when a full page of the shop is drawn."""
