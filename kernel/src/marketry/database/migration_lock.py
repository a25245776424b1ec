"""One migration at a time, and each plugin's changes of tables in one transaction, on both databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, text

from marketry.database.engine import Database

# Any constant does; it is "marketry" read as a number, shared by all releases.
ADVISORY_KEY = int.from_bytes(b"marketry", "big") >> 1


class BrokenForeignKeys(Exception):
    """A migration left rows that point nowhere; it was rolled back."""


@contextmanager
def one_migration_at_a_time(database: Database) -> Iterator[Engine]:
    """An engine for changing tables: no statement time-out, foreign keys off on SQLite; others wait until the end."""
    engine = _engine(database)
    try:
        if database.dialect == "sqlite":
            with database.turn():
                yield engine
        else:
            with engine.connect() as holder:
                holder.execution_options(isolation_level="AUTOCOMMIT")
                holder.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_KEY})
                yield engine
    finally:
        engine.dispose()


@contextmanager
def schema_change(engine: Engine) -> Iterator[Connection]:
    """A transaction that holds DDL and data; on SQLite its end looks for rows that point nowhere."""
    with engine.begin() as connection:
        yield connection
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                places = sorted({f"{row[0]} → {row[2]}" for row in broken})
                raise BrokenForeignKeys(f"{len(broken)} rows point at rows that are gone: {', '.join(places)}")


def _engine(database: Database) -> Engine:
    if database.dialect == "postgresql":
        # Waiting for a lock behind a long reader would stop the shop: give up, and let the operator try again.
        options = "-c lock_timeout=30000 -c timezone=UTC"
        return create_engine(database.url, poolclass=NullPool, connect_args={"options": options})
    engine = create_engine(database.url, poolclass=NullPool, connect_args={"timeout": 60})

    def connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=OFF"):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine
