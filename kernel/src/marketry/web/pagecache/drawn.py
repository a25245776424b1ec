"""What is noted while a page is drawn: what it shows, until when that holds, and whether it is anybody's own."""

from collections.abc import Collection
from datetime import datetime

from marketry.web.pagecache.position import Position


class Drawn:
    """Shared by all contexts of one drawing. `parts` are what was not read anew for this page: since when it was kept, and what
    purges it."""

    __slots__ = ("parts", "personal", "tags", "until")

    def __init__(self) -> None:
        self.personal = False
        self.tags: set[str] = set()
        self.until: datetime | None = None
        self.parts: list[tuple[Position, Collection[str]]] = []

    def holds_until(self, moment: datetime) -> None:
        """The earliest of all moments counts."""
        if self.until is None or moment < self.until:
            self.until = moment

    def was_read(self, position: Position, tags: Collection[str]) -> None:
        """Something went into the page that this process has kept since `position` (`ctx.runtime.pages.news.position`, taken
        before it was read), and that is wrong once one of `tags` is purged."""
        self.parts.append((position, tags))
