"""The layer that answers public pages from the store, and has each page that isn't there drawn once, however many ask."""

from asyncio import shield, wait_for, wrap_future
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from anyio.to_thread import run_sync
from prometheus_client import Counter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from marketry.telemetry import log
from marketry.web.context import KEY as CONTEXT
from marketry.web.context import LOCALE
from marketry.web.layers import watching
from marketry.web.pagecache.answering import Answer, Freshness, give_page
from marketry.web.pagecache.drawn import Drawn
from marketry.web.pagecache.key import PAGE, PART, WHOLE, CleanRequest, Key
from marketry.web.pagecache.marking import LONGEST_QUERY
from marketry.web.pagecache.page import Page
from marketry.web.pagecache.routes import KeptRoutes
from marketry.web.segments import segment_of, segments_of

if TYPE_CHECKING:
    from marketry.runtime import Runtime

OUTCOMES = Counter("marketry_pagecache", "Requests for public pages, and what became of the pages", ["outcome"])
hit, miss, bypass, stored, refused = (OUTCOMES.labels(name).inc for name in ("hit", "miss", "bypass", "stored", "refused"))
GIVEN = "marketry.given"  # (page, key, packed) for the doorstep, where what was answered will be answered again
WAIT = 5.0  # seconds for which a request waits for another one's drawing of the page
TRIES = 3  # that often it waits again where the page was purged meanwhile


@dataclass(slots=True)
class Asked:
    """A request for a page that may be kept."""

    key: Key
    route: str
    known: bytes
    head: bool
    gzip: bool


class PageCache:
    """Stands before routing, so that a hit costs no thread. Whoever reaches the application through it for a page to keep
    reaches it without anything that isn't in the key."""

    def __init__(self, app: ASGIApp, runtime: "Runtime", routes: KeptRoutes) -> None:
        self.app = app
        self._runtime = runtime
        self._pages = runtime.pages
        self._routes = routes
        self._default = segments_of(runtime).default
        self._locale = runtime.site.locales[0]
        self._clean = CleanRequest(runtime.site)
        self._freshness = Freshness(self._pages.keeping.cdn_seconds)
        self._enabled = self._pages.keeping.enabled and self._routes.any and not watching()
        self._told: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._enabled or scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        found = self._routes.find(scope["path"])
        asked = self._asked(scope, *found) if found else None
        if asked is None or not await self._pages.watch.up_to_date():
            if found:
                bypass()
            await self.app(scope, receive, send)
            return
        page = self._pages.get(asked.key)
        if page is None:
            await self._miss(asked, scope, receive, send)
        else:
            hit()
            await self._give(asked, page, scope, send)

    def _asked(self, scope: Scope, route: str, declared: Any) -> Asked | None:
        """None for what is drawn each time: prices of one's own, a client that wants JSON, a query that is none."""
        names = dict(scope["headers"])
        segment = segment_of(scope, self._runtime)
        if segment.group or wants_json(names.get(b"accept", b"")):
            return None
        query = scope["query_string"]
        if query:
            try:
                query = declared.query(query) if len(query) <= LONGEST_QUERY else None
            except ValueError:
                query = None
            if query is None:
                return None
        locale = scope.get(LOCALE) or self._locale
        key = Key(scope["path"], query, locale, segment, form_of(names), self._runtime.stored.generation)
        return Asked(key, route, names.get(b"if-none-match", b""), scope["method"] == "HEAD", accepts_gzip(names))

    async def _give(self, asked: Asked, page: Page, scope: Scope, send: Send) -> None:
        scope["route"] = _Route(page.route)  # for the metrics
        caching = self._freshness.header(asked.key, page, asked.key.segment == self._default, self._runtime.clock())
        gzip = asked.gzip and bool(page.gzipped)
        if self._freshness.is_steady(page):
            scope[GIVEN] = (page, asked.key, gzip)
        await give_page(page, asked.known, caching, send, head=asked.head, gzip=gzip)

    async def _miss(self, asked: Asked, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for the one who draws the page already, or draw it."""
        miss()
        for _ in range(TRIES):
            making, ours = self._making(asked.key)
            if ours:
                try:
                    await self._draw(asked, making, scope, receive, send)
                finally:
                    self._made(asked.key, making, to_take=False)
                return
            if not await _result(making) or not await self._pages.watch.up_to_date():
                break
            page = self._pages.get(asked.key)
            if page is not None:
                await self._give(asked, page, scope, send)
                return
        await self._draw(asked, None, scope, receive, send)

    def _making(self, key: Key) -> tuple["Future[bool]", bool]:
        """The drawing of this page that is under way, or a new one, which is ours."""
        with self._pages.guard:
            found = self._pages.making.get(key)
            if found is not None:
                return found, False
            ours = self._pages.making[key] = Future()
            return ours, True

    def _made(self, key: Key, making: "Future[bool]", *, to_take: bool) -> None:
        """Tell those who wait, once, whether there is something to take from the store."""
        with self._pages.guard:
            if self._pages.making.get(key) is making:
                del self._pages.making[key]
        if not making.done():
            making.set_result(to_take)

    async def _draw(self, asked: Asked, making: "Future[bool] | None", scope: Scope, receive: Receive, send: Send) -> None:
        """Draw the page, keep it, answer; those who wait for `making` go on as soon as it is kept."""
        page = await self._pages.from_others(asked.key)
        if page is None:
            read, answer = self._pages.news.position, Answer()
            clean = self._clean.of(asked.key, scope)
            await self.app(clean, _Nothing(receive), answer.take)
            drawn = clean[CONTEXT].drawn if CONTEXT in clean else None
            is_default = asked.key.segment == self._default
            page = answer.page(drawn, read, asked.route, is_default=is_default) if drawn is not None else None
            if page is None or drawn is None:
                await self._unkept(answer, clean, asked, scope, receive, send)
                return
            await run_sync(page.pack)
            await self._keep(asked.key, page, drawn)
        if making is not None:
            self._made(asked.key, making, to_take=True)
        await self._give(asked, page, scope, send)

    async def _keep(self, key: Key, page: Page, drawn: Drawn) -> None:
        """Not where something kept went into it that was purged before the page was begun."""
        outdated = any(self._pages.news.purged_since(position, tags) for position, tags in drawn.parts)
        if not outdated and self._pages.put(key, page):
            stored()
            await self._pages.give_to_others(key, page)
        else:
            refused()

    async def _unkept(
        self, answer: Answer, clean: dict[str, Any], asked: Asked, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """An error, a redirect: as drawn. A page that turned out to be somebody's own is drawn again, for the one who asked."""
        context = clean.get(CONTEXT)
        if answer.start["status"] == 200 and context is not None and context.drawn.personal:
            if asked.route not in self._told:
                self._told.add(asked.route)
                log.warning("cached_page_is_personal", route=asked.route)
            bypass()
            await self.app(scope, receive, send)
            return
        scope.update({name: clean[name] for name in (CONTEXT, "route") if name in clean})
        await answer.give(send, head=asked.head)


def wants_json(accept: bytes) -> bool:
    return b"json" in accept and b"html" not in accept


def accepts_gzip(names: Mapping[bytes, bytes]) -> bool:
    """`gzip;q=0` forbids it (RFC 9110, section 12.5.3); who weighs it low isn't given it either."""
    accepted = names.get(b"accept-encoding")
    return accepted is not None and b"gzip" in accepted and b"gzip;q=0" not in accepted.replace(b" ", b"")


def form_of(names: Mapping[bytes, bytes]) -> str:
    if b"hx-request" not in names and b"hx-request-type" not in names:
        return PAGE
    return PART if names.get(b"hx-request-type") == b"partial" else WHOLE


class _Route:
    """What the layers outside read of a route."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path


class _Nothing:
    """A request without a body; afterwards, only whether the client has gone."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._given = False

    async def __call__(self) -> Message:
        if self._given:
            return await self._receive()
        self._given = True
        return {"type": "http.request", "body": b"", "more_body": False}


async def _result(making: "Future[bool]") -> bool:
    """Whether the page can be taken from the store; False too where it takes too long."""
    try:
        return await wait_for(shield(wrap_future(making)), WAIT)
    except TimeoutError:
        return False
