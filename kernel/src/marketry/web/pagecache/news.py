"""What was purged lately, as this process knows it. Reading the rows is in watching.py."""

import threading
import time
from collections import deque
from collections.abc import Collection, Iterable

from marketry.web.pagecache.position import START, Position

LASTS = 3_600.0  # seconds that a page is kept at most; a purge needs to be remembered as long
MOST = 50_000  # purges remembered


class News:
    """`version` rises with every purge, so that a page which was found valid needn't be looked at again before the next."""

    def __init__(self) -> None:
        self.position = START
        self.version = 0
        self._numbers: dict[str, set[int]] = {}
        self._order: deque[tuple[float, str, int]] = deque()
        self._reaches_back_to = START
        self._lock = threading.Lock()

    def add(self, purges: Iterable[tuple[int, str]], position: Position) -> None:
        """Take in (number, tag) rows that were read at `position`."""
        now = time.monotonic()
        with self._lock:
            for number, tag in purges:
                self._numbers.setdefault(tag, set()).add(number)
                self._order.append((now, tag, number))
                self.version += 1
            self.position = position
            self._forget(now)

    def _forget(self, now: float) -> None:
        """What is older than any page goes; where it is too much, so do the pages that were read before now."""
        if len(self._order) > MOST:
            self._numbers.clear()
            self._order.clear()
            self._reaches_back_to = self.position
            self.version += 1
        while self._order and self._order[0][0] < now - LASTS - 60:
            _, tag, number = self._order.popleft()
            numbers = self._numbers[tag]
            numbers.discard(number)
            if not numbers:
                del self._numbers[tag]

    def purged_since(self, read: Position, tags: Collection[str]) -> bool:
        """Whether something with one of `tags` was purged that a page read at `read` may not have seen."""
        with self._lock:
            if not read.reaches(self._reaches_back_to):
                return True
            known = self._numbers
            return any(not read.sees(number) for tag in tags if tag in known for number in known[tag])
