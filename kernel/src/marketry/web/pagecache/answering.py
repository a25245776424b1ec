"""From what the application answered to a page that may be kept, and from a kept page to an answer."""

import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

from starlette.types import Message, Send

from marketry.web.pagecache.key import PAGE, Key
from marketry.web.pagecache.news import LASTS
from marketry.web.pagecache.page import Page
from marketry.web.pagecache.position import Position
from marketry.web.pagecache.purging import EVERYTHING

if TYPE_CHECKING:
    from marketry.web.pagecache.drawn import Drawn

# One address has several answers for htmx, and each comes packed or not; the segment is not named: caches that keep pages key
# it by its cookie.
VARY = (b"vary", b"Accept-Encoding, HX-Request, HX-Request-Type")
GZIP = (b"content-encoding", b"gzip")
NOT_OF_304 = frozenset({b"content-length", b"content-encoding"})
# Set anew for each kept page.
_REPLACED = frozenset({b"content-length", b"cache-control", b"vary", b"etag"})


class Answer:
    """Takes in what an application sends."""

    def __init__(self) -> None:
        self.start: Message = {"type": "http.response.start", "status": 500, "headers": []}
        self._parts: list[bytes] = []

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        elif message["type"] == "http.response.body":
            self._parts.append(message.get("body", b""))

    @property
    def body(self) -> bytes:
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)

    async def give(self, send: Send, *, head: bool) -> None:
        await send(self.start)
        await send({"type": "http.response.body", "body": b"" if head else self.body})

    def page(self, drawn: "Drawn", read: Position, route: str, *, is_default: bool) -> Page | None:
        """The page to keep: whole, nobody's own, HTML, not forbidden by its own headers. `read` is from before its
        drawing, `is_default` says that it is of the default segment: pages of others are private to other caches."""
        headers = {name.lower(): value for name, value in self.start["headers"]}
        if self.start["status"] != 200 or drawn.personal or b"set-cookie" in headers:
            return None
        if not headers.get(b"content-type", b"").startswith(b"text/html") or b"etag" not in headers:
            return None
        caching = headers.get(b"cache-control", b"")
        if b"no-store" in caching or (is_default and b"private" in caching):
            return None
        kept = tuple((name.lower(), value) for name, value in self.start["headers"] if name.lower() not in _REPLACED)
        forget_at = time.monotonic() + LASTS
        tags = frozenset((EVERYTHING, *drawn.tags))
        return Page(self.body, b"", kept, headers[b"etag"], tags, read, drawn.until, route, forget_at)


class Freshness:
    """What browsers and CDNs are told. Who keeps a page asks each time whether it still holds, unless the operator's CDN was
    given some seconds; it is only ever told so of pages for everybody."""

    def __init__(self, cdn_seconds: int) -> None:
        self._seconds = cdn_seconds

    def is_steady(self, page: Page) -> bool:
        """Whether the page's header says the same as long as the page is kept."""
        return not self._seconds or page.until is None

    def header(self, key: Key, page: Page, is_default: bool, now: datetime) -> tuple[bytes, bytes]:
        if not is_default or key.form != PAGE:
            return (b"cache-control", b"private, max-age=0, must-revalidate")
        seconds = self._seconds
        if seconds and page.until is not None:
            seconds = max(0, min(seconds, int((page.until - now).total_seconds())))
        if not seconds:
            return (b"cache-control", b"public, max-age=0, must-revalidate")
        return (b"cache-control", f"public, max-age=0, s-maxage={seconds}, stale-while-revalidate={seconds}".encode())


def matches(asked: bytes, etag: bytes) -> bool:
    """Whether If-None-Match names the page (RFC 9110, section 13.1.2: weak comparison, a list, or `*`)."""
    if asked == etag:
        return True
    return any(part.strip().removeprefix(b"W/") in (etag, b"*") for part in asked.split(b","))


async def give_page(
    page: Page, known: bytes, caching: tuple[bytes, bytes], send: Send, *, head: bool, gzip: bool = False
) -> None:
    """200 with the page, or 304 to a client that has it. A packed one is the same page by the weak comparison that GET asks for,
    and another one byte by byte: its ETag is weak (RFC 9110, section 8.8.3)."""
    common = [(b"etag", b"W/" + page.etag if gzip else page.etag), caching, VARY]
    if known and matches(known, page.etag):
        await send({"type": "http.response.start", "status": 304, "headers": common})
        await send({"type": "http.response.body", "body": b""})
        return
    body = page.gzipped if gzip else page.body
    headers: list[Any] = [*page.headers, (b"content-length", str(len(body)).encode())]
    headers += [GZIP, *common] if gzip else common
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else body})
