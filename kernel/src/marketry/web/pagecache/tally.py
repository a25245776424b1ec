"""What the doorstep answered, for log and metrics: noted at each hit, written together some moments later."""

from asyncio import AbstractEventLoop, get_running_loop
from time import time
from typing import TYPE_CHECKING

from marketry.web.access import log_lines, note_many
from marketry.web.pagecache.serving import hit

if TYPE_CHECKING:
    from marketry.web.pagecache.doorstep import Remembered
    from marketry.web.pagecache.pages import Pages

EVERY = 0.25  # seconds; what a process that is killed takes with it
MOST = 2_000  # notes


class Tally:
    """Writing a line of log at a time costs as much as answering from the store."""

    def __init__(self, pages: "Pages") -> None:
        self._pages = pages
        self._notes: list[tuple[Remembered, str, int, str, float, float]] = []
        self._loop: AbstractEventLoop | None = None

    def note(self, given: "Remembered", method: str, status: int, request_id: str, seconds: float) -> None:
        self._notes.append((given, method, status, request_id, seconds, time()))
        if len(self._notes) >= MOST:
            self.write()
        elif self._loop is None or self._loop is not get_running_loop():
            self._loop = get_running_loop()
            self._loop.call_later(EVERY, self.write)

    def write(self) -> None:
        """Raise the figures, tell the log, and tell the store which pages were used."""
        self._loop = None
        notes, self._notes = self._notes, []
        if not notes:
            return
        seconds: dict[tuple[str, str, int], list[float]] = {}
        for given, method, status, _, took, _ in notes:
            seconds.setdefault((method, given.route, status), []).append(took)
        for (method, route, status), all_of_them in seconds.items():
            note_many(method, route, status, all_of_them)
        hit(len(notes))
        self._pages.used({given.key for given, *_ in notes})
        log_lines((method, given.line, status, own_id, took, at) for given, method, status, own_id, took, at in notes)
