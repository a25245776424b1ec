"""What is noted while a page is drawn: what it shows, until when that holds, and whether it is anybody's own."""

from datetime import datetime

from marketry.web.pagecache.position import Position


class Drawn:
    """Shared by all contexts of one drawing. `read` is the oldest reading that went into the page (None: all of it is new)."""

    __slots__ = ("personal", "read", "tags", "until")

    def __init__(self) -> None:
        self.personal = False
        self.tags: set[str] = set()
        self.until: datetime | None = None
        self.read: Position | None = None

    def holds_until(self, moment: datetime) -> None:
        """The earliest of all moments counts."""
        if self.until is None or moment < self.until:
            self.until = moment

    def was_read(self, position: Position) -> None:
        """Something that was kept since `position` went into the page."""
        self.read = position if self.read is None else self.read.older(position)
