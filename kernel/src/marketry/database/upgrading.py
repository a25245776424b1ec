"""Running Alembic: one version table per plugin, one transaction per plugin, one migration at a time."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from packaging.version import Version
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from marketry.database.engine import Database
from marketry.database.migration_lock import one_migration_at_a_time, schema_change
from marketry.database.migrations import Applied, revisions
from marketry.database.schema import Schema
from marketry.database.tables import PluginSchema


def upgrade(database: Database, schemas: Sequence[Schema]) -> list[Applied]:
    """See `marketry.database.migrations.migrate`."""
    applied: list[Applied] = []
    with one_migration_at_a_time(database) as engine:
        for schema in schemas:
            with schema_change(engine) as connection:
                applied += _upgrade(connection, schema)
    return applied


def scripts(schema: Schema) -> ScriptDirectory:
    """The plugin's migrations as Alembic reads them; SchemaError where they are no line."""
    revisions(schema)
    return ScriptDirectory(str(schema.migrations), version_locations=[str(schema.migrations)])


def _upgrade(connection: Connection, schema: Schema) -> list[Applied]:
    directory = scripts(schema)
    known, steps = set(revisions(schema)), []

    def steps_from(revision: Any, _: Any) -> list[Any]:
        if any(current not in known for current in _tuple(revision)):
            return []  # migrated by a newer release already
        steps.extend(directory._upgrade_revs("head", revision))
        return steps

    with EnvironmentContext(Config(), directory, fn=steps_from) as environment:
        environment.configure(
            connection=connection,
            version_table=f"alembic_version_{schema.plugin}",
            transactional_ddl=True,
            render_as_batch=connection.dialect.name == "sqlite",
        )
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
