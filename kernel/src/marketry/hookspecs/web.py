"""Pages, routes, slots, assets, identity."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from marketry.plugins.markers import Failure, hookspec
from marketry.web.moved import Moved
from marketry.web.values import Actor, Asset, Link, PageTag, SitemapEntry, SlotFill

if TYPE_CHECKING:
    from fastapi import APIRouter, Request

    from marketry.context import Context
    from marketry.web.sections import SectionKind


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
    """Yield the public pages for /sitemap.xml, in an order that stays: a large shop has several parts.

    Called when the sitemap is made, inside a session; streaming, so yield. Each part is made by itself: an answer with a method
    `skip(n)`, which passes over up to n of its first entries and says how many, isn't read from its beginning each time.
    """


@hookspec(Failure.OPEN)
def page_tags(ctx: "Context", view: str, values: Mapping[str, object]) -> Sequence[PageTag]:  # type: ignore[empty-body]
    """Return tags for the head of a page (meta, link, JSON-LD). `view` is the template's name, `values` its variables.

    Called once per full HTML page of the shop; not for fragments, mails or the back office.
    """


@hookspec(Failure.OPEN)
def navigation(ctx: "Context") -> Sequence[Link]:  # type: ignore[empty-body]
    """Return links for the shop's main navigation (categories, journal). Called when a full page of the shop is drawn."""


@hookspec(Failure.OPEN)
def footer_links(ctx: "Context") -> Sequence[Link]:  # type: ignore[empty-body]
    """Return links for the shop's footer: one with `children` is a column with a heading, one without stands in the last line
    (imprint, privacy). Called when a full page of the shop is drawn; not for fragments, mails or the back office.
    """


@hookspec(Failure.OPEN, first=True)
def missing(ctx: "Context", path: str) -> Moved | None:
    """Say where an address that nobody answers has gone; None: not known.

    The first answer wins; none: the page is a 404. `path` is without the prefix of its language
    (`marketry.web.missing.shown_path` has it). Called after a GET or HEAD of the shop has ended in 404, outside any unit of work;
    not for the back office, personal pages, the JSON surface, webhooks, files, or requests that ask for a fragment.
    """


@hookspec(Failure.CLOSED)
def segment_chosen(ctx: "Context", currency: str, country: str) -> None:
    """Bring what depends on it into the `currency` and `country` that the visitor has just chosen (an open cart).

    Called inside the transaction in which the choice is made, before the answer sets its cookie: `ctx.currency` and
    `ctx.country` are still those before. What it returns is ignored; a refusal refuses the choice. Not called where a cookie
    has run out, nor for the JSON surface, whose carts name their currency.
    """


@hookspec(Failure.BOOT)
def home_sections() -> Sequence["SectionKind"]:  # type: ignore[empty-body]
    """Return kinds of sections that a merchant can put on the home page (a row of products, posts of the journal).

    Called once at boot, of all plugins; the merchant's sections of a kind whose plugin is disabled are kept and not drawn. A
    kind's `values` is called each time the home page is drawn with a section of it, in the merchant's order, and fails open. Two
    kinds of one code: the later plugin's wins.
    """
