"""Where pages lie in a process: the least recently used go first."""

import threading
from collections import OrderedDict
from collections.abc import Hashable

from marketry.web.pagecache.page import Page


class LocalPages:
    """At most `limit` bytes of pages. None of them may take more than an eighth."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        self._lock = threading.Lock()
        self.size = 0

    def get(self, key: Hashable) -> Page | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: Hashable, page: Page) -> None:
        if page.size > self._limit // 8:
            return
        with self._lock:
            self._drop(key)
            self._pages[key] = page
            self.size += page.size
            while self.size > self._limit:
                self._drop(next(iter(self._pages)))

    def drop(self, key: Hashable, page: Page) -> None:
        """Drop `page`, unless another has taken its place."""
        with self._lock:
            if self._pages.get(key) is page:
                self._drop(key)

    def _drop(self, key: Hashable) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self.size -= page.size

    def __len__(self) -> int:
        return len(self._pages)
