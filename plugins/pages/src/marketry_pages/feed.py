"""The journal as an Atom feed (RFC 4287)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from urllib.parse import quote, urlsplit
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from starlette.responses import Response

from marketry import Context
from marketry.web.missing import WRITTEN
from marketry_pages.entries import EntryView

ATOM = "http://www.w3.org/2005/Atom"
TYPE = "application/atom+xml; charset=utf-8"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def atom(ctx: Context, posts: Sequence[EntryView], known: str) -> Response:
    """The newest posts, whole; 304 where the reader has them."""
    body = b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(_feed(ctx, posts), encoding="utf-8")
    etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": "public, max-age=900"}
    return Response(None, 304, headers) if etag in known else Response(body, 200, headers, media_type=TYPE)


def _feed(ctx: Context, posts: Sequence[EntryView]) -> Element:
    register_namespace("", ATOM)
    here = address_of(ctx, "/journal/feed.xml")
    feed = Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": ctx.locale})
    _text(feed, "id", here)
    _text(feed, "title", f"{ctx.gettext(ctx.site.name)} · {ctx.gettext('Journal')}")
    _text(feed, "updated", max((post.changed_at for post in posts), default=EPOCH).isoformat())
    SubElement(feed, f"{{{ATOM}}}link", {"rel": "self", "type": "application/atom+xml", "href": here})
    SubElement(feed, f"{{{ATOM}}}link", {"rel": "alternate", "type": "text/html", "href": address_of(ctx, "/journal")})
    _author(feed, ctx.gettext(ctx.site.name))
    for post in posts:
        _entry(ctx, feed, post)
    return feed


def _entry(ctx: Context, feed: Element, post: EntryView) -> None:
    entry = SubElement(feed, f"{{{ATOM}}}entry")
    # A tag URI (RFC 4151): it stays the same whatever becomes of title and address.
    host = urlsplit(ctx.site.base_url).hostname or "localhost"
    _text(entry, "id", f"tag:{host},{post.published_at:%Y-%m-%d}:journal/{post.handle}/{ctx.locale}")
    _text(entry, "title", post.title)
    _text(entry, "published", post.published_at.isoformat())
    _text(entry, "updated", max(post.changed_at, post.published_at).isoformat())
    SubElement(entry, f"{{{ATOM}}}link", {"rel": "alternate", "type": "text/html", "href": address_of(ctx, post.path)})
    if post.author:
        _author(entry, post.author)
    for tag in post.tags:
        SubElement(entry, f"{{{ATOM}}}category", {"term": tag})
    if post.summary:
        _text(entry, "summary", post.summary)
    _text(entry, "content", _absolute(ctx, str(post.body)), type="html")


def _absolute(ctx: Context, html: str) -> str:
    base = ctx.site.base_url.rstrip("/")
    return html.replace('href="/', f'href="{base}/').replace('src="/', f'src="{base}/')


def _author(parent: Element, name: str) -> None:
    _text(SubElement(parent, f"{{{ATOM}}}author"), "name", name)


def _text(parent: Element, name: str, text: str, **attributes: str) -> None:
    # XML 1.0 has no control characters, whatever an author pasted.
    SubElement(parent, f"{{{ATOM}}}{name}", attributes).text = "".join(c for c in text if c >= " " or c in "\n\t")


def address_of(ctx: Context, path: str) -> str:
    """The whole address of a path, in the context's language, written as addresses are written."""
    return quote(ctx.url(path, absolute=True), safe=WRITTEN)
