"""How far a plugin's tables are: its migrations, the row that says which have run, and whether this code may serve.

Only `migrate` runs Alembic. A process that serves asks `check`, which reads one row per plugin: it serves as long as its version
is at least that row's `min_version`, so that two releases run side by side. A migration that takes something away from older
releases (the contract step of expand/contract) says so: `min_version = "1.4"` beside its `revision`.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass

from packaging.version import Version
from sqlalchemy import inspect, select

from marketry.database.engine import Database
from marketry.database.schema import Schema, SchemaError
from marketry.database.tables import PluginSchema

_NAME = re.compile(r"^(revision|down_revision)(?::[^=]*)? = (?:\"([^\"]+)\"|'([^']+)'|None)$", re.M)


class MigrationsPending(Exception):
    """The database is behind the installed code; the message says what to run."""


class TooOld(Exception):
    """The database has moved on so far that the installed version may no longer serve."""


@dataclass(frozen=True)
class Applied:
    """One migration that has just run."""

    plugin: str
    revision: str
    message: str


def migrate(database: Database, schemas: Sequence[Schema]) -> list[Applied]:
    """Bring the tables of `schemas` (in dependency order, the kernel first) to their newest revision.

    Each plugin is one transaction: its migrations, the check of foreign keys and its row. Run twice at once, the second waits
    and then finds nothing to do.
    """
    if not pending(database, schemas):
        return []
    logging.getLogger("alembic").setLevel(logging.WARNING)  # before its import, which tells of itself
    from marketry.database.upgrading import upgrade  # 8 MB that a serving process doesn't need

    return upgrade(database, schemas)


def pending(database: Database, schemas: Sequence[Schema]) -> dict[str, list[str]]:
    """Revisions that `migrate` would run, by plugin."""
    rows = _rows(database)
    return {s.plugin: waiting for s in schemas if (waiting := _waiting(s, rows.get(s.plugin)))}


def check(database: Database, schemas: Sequence[Schema]) -> None:
    """Return where this code may serve this database; MigrationsPending or TooOld otherwise."""
    rows = _rows(database)
    behind = []
    for schema in schemas:
        row = rows.get(schema.plugin)
        if row and Version(schema.version) < Version(row.min_version):
            raise TooOld(
                f"plugin {schema.plugin} {schema.version} is too old for this database, which needs {row.min_version} "
                "or newer. Update its package."
            )
        if _waiting(schema, row):
            behind.append(schema.plugin)
    if behind:
        raise MigrationsPending(f"The database is behind the code of {', '.join(behind)}: run `marketry migrate`.")


def revisions(schema: Schema) -> list[str]:
    """The plugin's revisions, oldest first; SchemaError where there are none or where they are no line."""
    if not schema.migrations.is_dir():
        raise SchemaError(
            schema.plugin, f"has tables but no folder {schema.migrations}.", f'Make it: marketry revision {schema.plugin} -m "…"',
        )  # fmt: skip
    after: dict[str | None, str] = {}
    files = [path for path in sorted(schema.migrations.glob("*.py")) if path.name != "__init__.py"]
    for path in files:
        names = {match[1]: match[2] or match[3] for match in _NAME.finditer(path.read_text("utf-8"))}
        after[names.get("down_revision")] = names.get("revision") or ""
    line: list[str] = []
    while (following := after.get(line[-1] if line else None)) and following not in line:
        line.append(following)
    if len(line) != len(files):
        told = f"its {len(files)} migrations are no line: {', '.join(line)} …"
        raise SchemaError(schema.plugin, told, "Let each name the one before it in down_revision.")
    return line


def _waiting(schema: Schema, row: PluginSchema | None) -> list[str]:
    known = revisions(schema)
    if row is None:
        return known
    if row.revision not in known:  # a newer release has migrated; min_version says whether that is too new for us
        return []
    return known[known.index(row.revision) + 1 :]


def _rows(database: Database) -> dict[str, PluginSchema]:
    with database.reading() as session:
        if not inspect(session.connection()).has_table(PluginSchema.__tablename__):
            return {}
        return {row.plugin: row for row in session.scalars(select(PluginSchema))}
