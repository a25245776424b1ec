"""Engines for both databases, and the doors to them: `reading()`, `writing()`, `run()`."""

from __future__ import annotations

import json
import json.scanner
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Literal, TypeVar

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session

from marketry.crashpoints import reach
from marketry.database.reading import ReadingSession
from marketry.database.session import AFTER_COMMIT, BEFORE_COMMIT, again
from marketry.database.writer_queue import WriterQueue, queue_of

T = TypeVar("T")
BUSY_SECONDS = 15.0


class Database:
    """One site's database. `url` is `sqlite:///file` or `postgresql://…`; memory databases are not served.

    `statement_timeout` in seconds ends a statement on PostgreSQL; `pool` is the number of connections kept per engine.
    """

    def __init__(self, url: str, *, statement_timeout: float = 15.0, pool: int = 5) -> None:
        self.url = normalised(url)
        self.dialect: Literal["sqlite", "postgresql"] = "sqlite" if self.url.get_backend_name() == "sqlite" else "postgresql"
        self._queue: WriterQueue | None = None
        if self.dialect == "sqlite":
            if not self.url.database or self.url.database == ":memory:":
                raise ValueError("SQLite needs a file: sqlite:////srv/shop/var/shop.sqlite3")
            self._queue = queue_of(self.url.database, BUSY_SECONDS)
            self.write_engine = _sqlite(self.url, pool, write=True)
            self.read_engine = _sqlite(self.url, pool, write=False)
        else:
            self.write_engine = _postgresql(self.url, pool, statement_timeout, write=True)
            self.read_engine = _postgresql(self.url, pool, statement_timeout, write=False)

    @property
    def engine(self) -> Engine:
        """The engine that writes."""
        return self.write_engine

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that can only read. Each statement stands alone: nothing is held between two of them."""
        with ReadingSession(self.read_engine, autoflush=False, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back on any exception. Then `after_commit` callbacks run."""
        with Session(self.write_engine, expire_on_commit=False) as session:
            with self.turn(), session.begin():
                yield session
                for callback in session.info.pop(BEFORE_COMMIT, ()):
                    callback()
                reach("database.committing")
            reach("database.committed")
            for callback in session.info.pop(AFTER_COMMIT, ()):
                callback()

    def run(self, work: Callable[[Session], T], *, attempts: int = 5) -> T:
        """`work(session)` in one transaction, the whole of it again after a deadlock or a serialisation failure.

        `work` must have no effect outside the database, since it may run up to `attempts` times.
        """

        def once() -> T:
            with self.writing() as session:
                return work(session)

        return again(once, attempts)

    def turn(self) -> AbstractContextManager[None]:
        """Our turn among the writers of one SQLite file; PostgreSQL needs no queue."""
        return self._queue.turn() if self._queue else nullcontext()

    def close(self) -> None:
        self.read_engine.dispose()
        self.write_engine.dispose()


def normalised(url: str) -> URL:
    """`url` with the driver that we use (psycopg 3 for PostgreSQL)."""
    parsed = make_url(url)
    if parsed.drivername in ("postgres", "postgresql"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        return parsed
    raise ValueError(f"database {parsed.drivername}: use sqlite:///file or postgresql://user@host/name")


def _sqlite(url: URL, pool: int, *, write: bool) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool,
        max_overflow=32,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        json_deserializer=from_json,
        **({} if write else {"isolation_level": "AUTOCOMMIT"}),
    )

    def connected(connection: sqlite3.Connection, _: Any) -> None:
        # pysqlite's own BEGIN is deferred and leaves DDL out of transactions; ours is explicit.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "cache_size=-16000", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
        connection.execute("PRAGMA synchronous=FULL" if write else "PRAGMA query_only=ON")

    event.listen(engine, "connect", connected)
    if write:
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


_scan = json.scanner.make_scanner(json.JSONDecoder())  # type: ignore[arg-type]  # as the decoder itself makes it


def from_json(text: str) -> Any:
    """The value of a JSON text. `json.loads` takes thrice as long to find out what is never so here: bytes, blanks around it."""
    try:
        value, end = _scan(text, 0)
    except StopIteration:
        return json.loads(text)
    return value if end == len(text) else json.loads(text)


def _postgresql(url: URL, pool: int, statement_timeout: float, *, write: bool) -> Engine:
    settings = {
        "statement_timeout": int(statement_timeout * 1000),
        "lock_timeout": int(statement_timeout * 1000),
        "idle_in_transaction_session_timeout": int(statement_timeout * 4000),
        "timezone": "UTC",
    }
    if not write:
        settings["default_transaction_read_only"] = "on"
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    return create_engine(
        url,
        pool_size=pool,
        max_overflow=pool,
        pool_timeout=statement_timeout,
        pool_recycle=1800,
        connect_args={"options": options, "connect_timeout": 5, "application_name": "marketry"},
        **({} if write else {"isolation_level": "AUTOCOMMIT"}),
    )
