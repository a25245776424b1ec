"""New databases as copies of one that was migrated before: the migrations of a shop take half a second, on PostgreSQL more."""

import atexit
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from marketry.database import Database
from marketry.database.migrations import migrate
from marketry.database.schema import Schema
from marketry.testing.servers import POSTGRES_VARIABLE

if TYPE_CHECKING:
    import psycopg

NEW = "test_"  # how the names of databases begin that `database` has made, and may make again
Fingerprint = tuple[Any, ...]
_files: dict[Fingerprint, bytes] = {}
_templates: dict[tuple[str, Fingerprint], str] = {}


def bring_up(database: Database, schemas: Sequence[Schema]) -> None:
    """Make the tables of `schemas`; in a new database by copying one that had the same migrations."""
    if database.dialect == "sqlite":
        _bring_up_sqlite(database, schemas)
    else:
        _bring_up_postgresql(database, schemas)


def _bring_up_sqlite(database: Database, schemas: Sequence[Schema]) -> None:
    path, kept = str(database.url.database), _fingerprint(schemas)
    if not _is_empty(path):
        migrate(database, schemas)
        return
    if kept in _files:
        with closing(sqlite3.connect(":memory:")) as memory, closing(sqlite3.connect(path)) as new:
            memory.deserialize(_files[kept])
            memory.backup(new)
        return
    migrate(database, schemas)
    with closing(sqlite3.connect(path)) as made, closing(sqlite3.connect(":memory:")) as memory:
        made.backup(memory)
        content = bytearray(memory.serialize())
    # No write-ahead log (file format, section 1.3.3), which memory has not; the copy's file does.
    content[18:20] = b"\1\1"
    _files[kept] = bytes(content)


def _is_empty(path: str) -> bool:
    with closing(sqlite3.connect(path)) as there:
        return not there.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()


def _bring_up_postgresql(database: Database, schemas: Sequence[Schema]) -> None:
    name = str(database.url.database)
    if not name.startswith(NEW) or not _has_no_tables(database):
        migrate(database, schemas)
        return
    server = database.url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    kept = (server, _fingerprint(schemas))
    if kept in _templates:
        database.close()  # nobody may be connected to what is copied or replaced
        administer(server, f"DROP DATABASE {name} WITH (FORCE)")
        administer(server, f"CREATE DATABASE {name} TEMPLATE {_templates[kept]}")
        return
    migrate(database, schemas)
    database.close()
    template = f"{NEW}template_{uuid4().hex[:12]}"
    administer(server, f"CREATE DATABASE {template} TEMPLATE {name}")
    if POSTGRES_VARIABLE in os.environ:  # ours goes as a whole
        atexit.register(_drop, server, template)
    _templates[kept] = template


def _has_no_tables(database: Database) -> bool:
    with database.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace LIMIT 1")
        return found.first() is None


def administer(server: str, statement: str) -> None:
    """Execute `statement`, outside a transaction, at the PostgreSQL server of this address."""
    _administrator(server).execute(statement.encode())


@cache
def _administrator(server: str) -> "psycopg.Connection[Any]":
    import psycopg

    connection = psycopg.connect(server, autocommit=True)
    atexit.register(connection.close)
    return connection


def _drop(server: str, template: str) -> None:
    """Leave nothing on a server that others use."""
    import psycopg

    try:
        administer(server, f"DROP DATABASE IF EXISTS {template}")
    except psycopg.Error:
        return


def _fingerprint(schemas: Sequence[Schema]) -> Fingerprint:
    """What the tables depend on: the migrations, as they lie there now."""
    return tuple(
        (schema.plugin, schema.version, str(path), path.stat().st_mtime_ns, path.stat().st_size)
        for schema in schemas
        for path in sorted(schema.migrations.glob("*.py"))
    )
