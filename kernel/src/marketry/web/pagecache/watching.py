"""Reading the purges before a hit is served: SQLite is asked each time (5 µs), PostgreSQL often enough for the promised second.

With Redis a token says at once that there is something to read. Redis is the road; the rows are the truth, and are read once a
second in any case.
"""

import sqlite3
import threading
import time
from asyncio import wrap_future
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from marketry.telemetry import log
from marketry.web.pagecache.news import News
from marketry.web.pagecache.position import Position
from marketry.web.pagecache.purging import EVERYTHING
from marketry.web.pagecache.turn import Turn

if TYPE_CHECKING:
    from marketry.runtime import Runtime
    from marketry.web.pagecache.shared import SharedPages

SOON, AT_ONCE = 0.3, 0.8  # seconds since the last reading: from when it is read anew beside serving, and before serving
PAUSE = 1.0  # seconds without hits after the database could not be read


class Watch(Protocol):
    """`up_to_date` says whether hits may be served: everything committed by now (or a second ago) is in the news."""

    async def up_to_date(self) -> bool: ...
    def look_soon(self) -> None: ...
    def close(self) -> None: ...


class Announced:
    """Takes in what was read, and tells the runtime where settings are part of it."""

    def __init__(self, runtime: "Runtime", news: News) -> None:
        self.runtime, self.news = runtime, news

    def take(self, rows: list[tuple[int, str]], position: Position) -> None:
        if any(tag == EVERYTHING for _, tag in rows):
            self.runtime.look_again()
        self.news.add(rows, position)


class SQLiteWatch:
    """`PRAGMA data_version` on a connection of its own changes with every commit of any other, in this process or another."""

    def __init__(self, announced: Announced, path: str) -> None:
        self._announced, self._path = announced, path
        self._connection: sqlite3.Connection | None = None
        self._version, self._last = -1, 0
        self._lock = threading.Lock()
        self._not_before = 0.0
        self._turn = Turn()

    async def up_to_date(self) -> bool:
        if self._turn.lasts:
            return True
        self._turn.begin()
        if self.look():
            return True
        self._turn.end()
        return False

    def look_soon(self) -> None:
        """Each hit looks anyway."""

    def look(self) -> bool:
        if time.monotonic() < self._not_before:
            return False
        try:
            with self._lock:
                self._look()
        except sqlite3.Error as error:
            self._not_before = time.monotonic() + PAUSE
            log.warning("purges_not_read", reason=str(error))
            return False
        return True

    def _look(self) -> None:
        connection = self._connection or self._connected()
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        if version == self._version:
            return
        rows = connection.execute("SELECT id, tag FROM kernel_page_purge WHERE id > ? ORDER BY id", (self._last,)).fetchall()
        self._last = rows[-1][0] if rows else self._last
        self._announced.take(rows, Position(self._last + 1, self._last + 1))
        self._version = version

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=0.05, check_same_thread=False, isolation_level=None)
        connection.execute("PRAGMA query_only=ON")
        self._connection = connection
        return connection

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            self._not_before = float("inf")


# One statement is one snapshot: what it doesn't show, the next reading will.
_NEWS = text(
    "SELECT pg_current_snapshot()::text AS snapshot, p.xid, p.tag "
    "FROM (SELECT 1) AS one LEFT JOIN kernel_page_purge AS p ON p.xid >= :from_number"
)


class PostgreSQLWatch:
    """Reads in a thread of its own, so that the loop never waits for the database."""

    def __init__(self, announced: Announced, shared: "SharedPages | None") -> None:
        self._announced, self._shared = announced, shared
        self._thread = ThreadPoolExecutor(1, "purges")
        self._read_at = float("-inf")
        self._token: bytes | None = None
        self._is_reading = False

    async def up_to_date(self) -> bool:
        token = await self._shared.token() if self._shared else None
        age = time.monotonic() - self._read_at
        if token == self._token and age < AT_ONCE:
            if age > SOON and not self._is_reading:
                self._is_reading = True
                self._thread.submit(self._read, token, SOON)
            return True
        return await wrap_future(self._thread.submit(self._read, token, AT_ONCE))

    def look_soon(self) -> None:
        self._read_at = float("-inf")

    def _read(self, token: bytes | None, age: float) -> bool:
        """Read, unless somebody has since we were asked. The token was seen before, so the rows behind it are there."""
        started = time.monotonic()
        if token == self._token and started - self._read_at < age:
            return True
        news = self._announced.news
        try:
            with self._announced.runtime.database.read_engine.connect() as connection:
                found = connection.execute(_NEWS, {"from_number": news.position.floor}).all()
        except SQLAlchemyError as error:
            log.warning("purges_not_read", reason=str(error))
            return False
        finally:
            self._is_reading = False
        rows = [(row.xid, row.tag) for row in found if row.xid is not None and not news.position.sees(row.xid)]
        self._announced.take(rows, _position(found[0].snapshot))
        self._token, self._read_at = token, started
        return True

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)


def _position(snapshot: str) -> Position:
    """`xmin:xmax:xip,xip…` (https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT)."""
    floor, following, open_ = snapshot.split(":")
    return Position(int(floor), int(following), frozenset(map(int, filter(None, open_.split(",")))))
