"""The sitemap of the shop (https://www.sitemaps.org/protocol.html): an index of parts, each streamed, none larger than allowed.

Every entry names its other languages (`xhtml:link`, https://developers.google.com/search/docs/specialty/international/localized-versions)
and its pictures (`image:image`).
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from xml.sax.saxutils import escape, quoteattr

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from marketry.context import Context
from marketry.hookspecs.web import sitemap
from marketry.problems import not_found
from marketry.web.context import Ctx
from marketry.web.found import written
from marketry.web.guard import public
from marketry.web.routing import Router
from marketry.web.values import SitemapEntry

router = Router()
MOST = 50_000  # addresses in one file …
MOST_BYTES = 50 * 1024 * 1024  # … and bytes, both by the protocol
# A part holds fewer, so that both languages' links and pictures of the longest addresses stay under MOST_BYTES.
PART = 10_000
FRESH = {"Cache-Control": "public, max-age=3600"}
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
URLSET = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">\n'
)


@router.get("/sitemap.xml")
@public
def index(ctx: Ctx) -> StreamingResponse:
    """The index of all parts, as many as the entries of all plugins need."""
    return StreamingResponse(_index(ctx), media_type="application/xml", headers=FRESH)


@router.get("/sitemaps/{number}.xml")
@public
def part(ctx: Ctx, number: int, request: Request) -> Response:
    """One part: entries of all plugins, in hook order, in every language."""
    per_part = entries_per_part(ctx)
    first = (number - 1) * per_part
    entries = islice(_entries(ctx, first), per_part) if 0 < number <= MOST else iter(())
    found = next(entries, None)
    if found is None:
        raise not_found(ctx.gettext("There is nothing at this address."))
    return StreamingResponse(_part(ctx, found, entries), media_type="application/xml", headers=FRESH)


def entries_per_part(ctx: Context) -> int:
    """Each entry stands there once per language."""
    return max(1, PART // len(ctx.site.locales))


def _index(ctx: Context) -> Iterator[str]:
    yield HEAD + '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    entries, number = _entries(ctx), 0
    base = ctx.site.base_url.rstrip("/")
    while chunk := list(islice(entries, entries_per_part(ctx))):
        number += 1
        newest = max((entry.changed for entry in chunk if entry.changed), default=None)
        changed = f"<lastmod>{newest:%Y-%m-%d}</lastmod>" if newest else ""
        yield f"<sitemap><loc>{escape(base)}/sitemaps/{number}.xml</loc>{changed}</sitemap>\n"
    yield "</sitemapindex>\n"


def _entries(ctx: Context, skipped: int = 0) -> Iterator[SitemapEntry]:
    with ctx.reading():
        for answer in ctx.hooks.stream_after(skipped, sitemap, ctx):
            yield answer.value


def _part(ctx: Context, first: SitemapEntry, rest: Iterable[SitemapEntry]) -> Iterator[str]:
    yield HEAD + URLSET
    contexts = {locale: ctx.with_locale(locale) for locale in ctx.site.locales}
    yield _urls(contexts, first)
    rest = iter(rest)
    while piece := "".join(_urls(contexts, entry) for entry in islice(rest, 250)):  # each piece is a trip to a worker thread
        yield piece
    yield "</urlset>\n"


def _urls(contexts: dict[str, Context], entry: SitemapEntry) -> str:
    """The entry in each of its languages, each naming all of them."""
    paths = {locale: entry.paths.get(locale, entry.path) for locale in contexts}
    addresses = {locale: written(contexts[locale].url(path, absolute=True)) for locale, path in paths.items()}
    changed = f"<lastmod>{entry.changed:%Y-%m-%d}</lastmod>" if entry.changed else ""
    beside = _languages(contexts, addresses) + "".join(_picture(contexts, address) for address in entry.pictures)
    return "".join(f"<url><loc>{escape(address)}</loc>{changed}{beside}</url>\n" for address in addresses.values())


def _languages(contexts: dict[str, Context], addresses: dict[str, str]) -> str:
    if len(addresses) < 2:
        return ""
    tag = next(iter(contexts.values())).runtime.i18n.language_tag
    links = [(tag(locale), address) for locale, address in addresses.items()]
    links.append(("x-default", next(iter(addresses.values()))))
    return "".join(f'<xhtml:link rel="alternate" hreflang="{lang}" href={quoteattr(to)}/>' for lang, to in links)


def _picture(contexts: dict[str, Context], address: str) -> str:
    base = next(iter(contexts.values())).site.base_url.rstrip("/")
    whole = address if address.startswith("http") else base + address
    return f"<image:image><image:loc>{escape(written(whole))}</image:loc></image:image>"
