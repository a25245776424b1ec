"""Migrations: Alembic with one version table per plugin, run in dependency order under one lock.

Only `migrate` runs Alembic. A process that serves asks `check`, which reads one row per plugin: it serves as long as its version
is at least that row's `min_version`, so that two releases run side by side. A migration that takes something away from older
releases (the contract step of expand/contract) says so: `min_version = "1.4"` beside its `revision`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from packaging.version import Version
from sqlalchemy import Connection, inspect, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from marketry.database.engine import Database
from marketry.database.migration_lock import one_migration_at_a_time, schema_change
from marketry.database.schema import Schema, SchemaError
from marketry.database.tables import PluginSchema


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
    applied: list[Applied] = []
    with one_migration_at_a_time(database) as engine:
        for schema in schemas:
            with schema_change(engine) as connection:
                applied += _upgrade(connection, schema)
    return applied


def pending(database: Database, schemas: Sequence[Schema]) -> dict[str, list[str]]:
    """Revisions that `migrate` would run, by plugin."""
    rows = _rows(database)
    return {s.plugin: waiting for s in schemas if (waiting := _waiting(s, rows.get(s.plugin)))}


def check(database: Database, schemas: Sequence[Schema]) -> None:
    """Return where this code may serve this database; MigrationsPending or TooOld otherwise. Runs no Alembic."""
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


def scripts(schema: Schema) -> ScriptDirectory:
    """The plugin's migrations; SchemaError where there are none or where they have forked."""
    if not schema.migrations.is_dir():
        raise SchemaError(
            schema.plugin, f"has tables but no folder {schema.migrations}.", f'Make it: marketry revision {schema.plugin} -m "…"',
        )
    directory = ScriptDirectory(str(schema.migrations), version_locations=[str(schema.migrations)])
    heads = directory.get_heads()
    if len(heads) > 1:
        raise SchemaError(schema.plugin, f"its migrations have forked into {', '.join(heads)}.", "Put them in one line.")
    return directory


def configured(environment: EnvironmentContext, connection: Connection, schema: Schema, **options: Any) -> None:
    """The one way in which Alembic is set up here."""
    environment.configure(
        connection=connection,
        version_table=f"alembic_version_{schema.plugin}",
        transactional_ddl=True,
        render_as_batch=connection.dialect.name == "sqlite",
        **options,
    )


def _waiting(schema: Schema, row: PluginSchema | None) -> list[str]:
    directory = scripts(schema)
    known = [script.revision for script in reversed(list(directory.walk_revisions()))]
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


def _upgrade(connection: Connection, schema: Schema) -> list[Applied]:
    directory, steps = scripts(schema), []

    def upgrade(revision: Any, _: Any) -> list[Any]:
        known = {script.revision for script in directory.walk_revisions()}
        if any(current not in known for current in _tuple(revision)):
            return []  # migrated by a newer release already
        steps.extend(directory._upgrade_revs("head", revision))
        return steps

    with EnvironmentContext(Config(), directory, fn=upgrade) as environment:
        configured(environment, connection, schema)
        environment.run_migrations()
    if steps:
        _record(connection, schema, directory)
    return [Applied(schema.plugin, s.revision.revision, s.revision.doc) for s in steps]


def _tuple(revision: Any) -> tuple[str, ...]:
    return (revision,) if isinstance(revision, str) else tuple(revision or ())


def _record(connection: Connection, schema: Schema, directory: ScriptDirectory) -> None:
    asked = [getattr(script.module, "min_version", "0") for script in directory.walk_revisions()]
    values = {
        "revision": directory.get_current_head(),
        "min_version": max(asked, key=Version),
        "applied_at": datetime.now(UTC),
    }
    insert = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    statement = insert(PluginSchema).values(plugin=schema.plugin, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["plugin"], set_=values))
