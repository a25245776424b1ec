"""The kept pages of one process: the store, what it knows of purges, and who watches for more of them."""

import threading
from collections.abc import Iterable
from concurrent.futures import Future
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING

from marketry.settings.page_keeping import page_keeping
from marketry.web.pagecache.build import build_of
from marketry.web.pagecache.news import LASTS, News
from marketry.web.pagecache.page import Page, restored
from marketry.web.pagecache.shared import SharedPages
from marketry.web.pagecache.store import LocalPages
from marketry.web.pagecache.watching import Announced, PostgreSQLWatch, SQLiteWatch, Watch

if TYPE_CHECKING:
    from marketry.runtime import Runtime
    from marketry.web.pagecache.key import Key

PLAIN = 0.75  # the share of the store for pages without parameters, which searching for all words there are can't push out


class Pages:
    """`runtime.pages`. Opens nothing before the first page is asked for."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime
        self.keeping = page_keeping(runtime.site)
        self.news = News()
        self.plain = LocalPages(int(self.keeping.limit * PLAIN))
        self.queried = LocalPages(int(self.keeping.limit * (1 - PLAIN)))
        self.shared = SharedPages(runtime) if runtime.site.redis_url else None
        self.making: dict[Key, Future[bool]] = {}
        self.guard = threading.Lock()
        self.watch = self._watch()

    def _watch(self) -> Watch:
        announced = Announced(self._runtime, self.news)
        database = self._runtime.database
        if database.dialect == "sqlite":
            return SQLiteWatch(announced, str(database.url.database))
        return PostgreSQLWatch(announced, self.shared)

    def announce(self) -> None:
        """Called after a commit that purged something: this process reads it before its next hit, others hear of it in Redis."""
        self.watch.look_soon()
        if self.shared is not None:
            self.shared.renew_token()

    def get(self, key: "Key") -> Page | None:
        """The page, unless something that it shows was purged or its time is up."""
        store = self.queried if key.query else self.plain
        page = store.get(key)
        if page is None or self.is_current(page):
            return page
        store.drop(key, page)
        return None

    def put(self, key: "Key", page: Page) -> bool:
        """Keep it; False for what was purged while it was drawn."""
        if not self.is_current(page):
            return False
        (self.queried if key.query else self.plain).put(key, page)
        return True

    def used(self, keys: "Iterable[Key]") -> None:
        """These were given from the doorstep: they are not the least recently used."""
        for key in keys:
            (self.queried if key.query else self.plain).get(key)

    async def from_others(self, key: "Key") -> Page | None:
        """What another process has drawn and shares. Not what was read later than we have: we couldn't tell whether it still
        holds."""
        found = await self.shared.read(self._name(key)) if self.shared else None
        page = restored(found) if found else None
        if page is None or not self.news.position.reaches(page.read) or not self.put(key, page):
            return None
        return page

    async def give_to_others(self, key: "Key", page: Page) -> None:
        if self.shared is not None:
            await self.shared.write(self._name(key), page.stored(), LASTS)

    def _name(self, key: "Key") -> str:
        return blake2b(key.text.encode(), digest_size=16, key=self._build, person=b"gzipped").hexdigest()

    @cached_property
    def _build(self) -> bytes:
        """What draws pages: another release, plugin, theme or template draws other ones."""
        return build_of(self._runtime)

    def is_current(self, page: Page) -> bool:
        if page.until is not None and self._runtime.clock() >= page.until:
            return False
        return page.is_current(self.news)

    def close(self) -> None:
        self.watch.close()
