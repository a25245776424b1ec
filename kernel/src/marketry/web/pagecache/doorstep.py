"""The outermost layer: what was answered from the store once is answered again without walking through all layers.

It keeps no pages. It remembers which request was given which page with which headers, all of them, as the layers within had
added them; and asks of each hit what those layers would: whether the shop is open, whether anything was purged.
"""

import json
import os
from collections.abc import Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast
from weakref import ref

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from marketry.web.access import QUIET, request_id_of
from marketry.web.maintenance import mark_in
from marketry.web.pagecache.answering import NOT_OF_304, matches
from marketry.web.pagecache.page import Page
from marketry.web.pagecache.serving import GIVEN, accepts_gzip, form_of, wants_json
from marketry.web.pagecache.tally import Tally
from marketry.web.segments import segments_of

if TYPE_CHECKING:
    from marketry.runtime import Runtime
    from marketry.web.pagecache.key import Key

Headers = list[tuple[bytes, bytes]]
MOST = 8_192  # requests remembered
_FOR_ONE_REQUEST = b"x-request-id"


class Remembered:
    """An answer that was given. The store alone owns the page: where it is dropped there, it is gone here."""

    __slots__ = ("_page", "generation", "gzip", "headers", "headers_304", "key", "line", "route")

    def __init__(self, page: Page, key: "Key", path: str, headers: Headers, *, gzip: bool) -> None:
        self._page = ref(page)
        self.key, self.route, self.generation, self.gzip = key, page.route, key.generation, gzip
        self.line = json.dumps(path)
        self.headers = headers
        of_page = NOT_OF_304 | {name for name, _ in page.headers}
        self.headers_304 = [pair for pair in headers if pair[0] not in of_page]

    @property
    def page(self) -> Page | None:
        return self._page()


class Doorstep:
    """Everything that an answer from the store depends on is in the key here; who sends a header twice goes the long way."""

    def __init__(self, app: ASGIApp, runtime: "Runtime") -> None:
        self.app = app
        self._runtime, self._pages = runtime, runtime.pages
        self._watch = runtime.pages.watch
        self._segments = segments_of(runtime)
        self._maintenance = str(mark_in(runtime.site.var_dir))
        self._tally = Tally(runtime.pages)
        self._remembered: dict[Any, Remembered] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            if scope["type"] == "lifespan":
                self._tally.write()
            return
        started = perf_counter()
        names: dict[bytes, bytes] = dict(scope["headers"])
        key = self._key(scope, names)
        found = self._remembered.get(key)
        page = found.page if found is not None else None
        if found is None or page is None or not await self._holds(found, page):
            if scope["path"] in QUIET:
                self._tally.write()  # so that who reads the figures has them all
            await self._long_way(key, scope, receive, send)
            return
        own_id = request_id_of(names.get(_FOR_ONE_REQUEST))
        status = await _give(found, page, names.get(b"if-none-match"), own_id, send, head=scope["method"] == "HEAD")
        self._tally.note(found, scope["method"], status, own_id, perf_counter() - started)

    def _key(self, scope: Scope, names: Mapping[bytes, bytes]) -> object:
        """None for what is never answered here."""
        accept = names.get(b"accept")
        if len(names) != len(scope["headers"]) or (accept and wants_json(accept)):
            return None
        segment = self._segments.of_headers(scope["headers"]) if b"cookie" in names else self._segments.default
        return (
            scope["path"],
            scope["query_string"],
            names.get(b"host"),
            None if segment is self._segments.default else segment,
            form_of(names),
            accepts_gzip(names),
        )

    async def _holds(self, found: Remembered, page: Page) -> bool:
        """The order matters: purges are read first, and then the page is looked at."""
        if os.access(self._maintenance, os.F_OK) or found.generation != self._runtime.stored.generation:
            return False
        return await self._watch.up_to_date() and self._pages.is_current(page)

    async def _long_way(self, key: object, scope: Scope, receive: Receive, send: Send) -> None:
        """Through all layers; if the answer comes from the store, it is remembered as it goes out."""
        path = scope["path"]

        async def remembering(message: Message) -> None:
            if GIVEN in scope and message["type"] == "http.response.start" and message["status"] == 200:
                page, page_key, gzip = cast("tuple[Page, Key, bool]", scope[GIVEN])
                headers = [pair for pair in message["headers"] if pair[0] != _FOR_ONE_REQUEST]
                if len(self._remembered) >= MOST:
                    self._remembered.clear()
                self._remembered[key] = Remembered(page, page_key, path, headers, gzip=gzip)
            await send(message)

        await self.app(scope, receive, send if key is None else remembering)


async def _give(found: Remembered, page: Page, known: bytes | None, own_id: str, send: Send, *, head: bool) -> int:
    """200 with the page, or 304 to a client that has it; returns which."""
    own = (_FOR_ONE_REQUEST, own_id.encode())
    if known is not None and matches(known, page.etag):
        await send({"type": "http.response.start", "status": 304, "headers": [*found.headers_304, own]})
        await send({"type": "http.response.body", "body": b""})
        return 304
    body = b"" if head else page.gzipped if found.gzip else page.body
    await send({"type": "http.response.start", "status": 200, "headers": [*found.headers, own]})
    await send({"type": "http.response.body", "body": body})
    return 200
