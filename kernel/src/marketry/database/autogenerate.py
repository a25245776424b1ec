"""Write a plugin's next migration from its models: `python -m marketry.database.autogenerate <plugin> "<message>"`.

Compared is a throw-away SQLite database, migrated to the plugin's newest revision, with the models as they are now; only
the plugin's own tables count. Read what was written before you commit it: changed CHECK constraints, renamed columns and moved
data are yours to add.
"""

import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, DateTime, String
from sqlmodel.sql.sqltypes import AutoString

from marketry.database.engine import Database
from marketry.database.migration_lock import one_migration_at_a_time
from marketry.database.migrations import migrate
from marketry.database.plugin_base import METADATA, table_prefix
from marketry.database.schema import Schema
from marketry.database.types import JSONValue, UTCDateTime
from marketry.database.upgrading import scripts

TEMPLATE = '''"""{message}."""

import sqlalchemy as sa
from alembic import op
{imports}
revision = "{revision}"
down_revision = {previous}


def upgrade() -> None:
    {body}
'''


def revision(schemas: Sequence[Schema], plugin: str, message: str) -> Path | None:
    """Write the next migration of `plugin` beside the others; None where the models have not changed.

    `schemas` are the plugin's and those it requires, in dependency order.
    """
    schema = next(s for s in schemas if s.plugin == plugin)
    schema.migrations.mkdir(exist_ok=True)
    body = difference(schemas, schema)
    return _write(schema, message, body) if body else None


def difference(schemas: Sequence[Schema], schema: Schema) -> str:
    """The body of the migration that would bring the tables of `schema` to its models; empty where they agree."""
    for one in schemas:
        one.load()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/compare.sqlite3")
        migrate(database, schemas)
        script = _compare(database, schema)
        database.close()
    if script.upgrade_ops is None or script.upgrade_ops.is_empty():
        return ""
    body = render_python_code(script.upgrade_ops, render_as_batch=True, render_item=_render)
    return "\n".join(line for line in body.splitlines() if not line.lstrip().startswith("# ###")).strip()


def _compare(database: Database, schema: Schema) -> MigrationScript:
    with one_migration_at_a_time(database) as engine, engine.connect() as connection:
        machinery = _machinery(connection)

        def ours(name: str | None, kind: str, parents: Any) -> bool:
            return kind != "table" or ((name or "").startswith(table_prefix(schema.plugin)) and name not in machinery)

        options = {
            "version_table": f"alembic_version_{schema.plugin}",
            "include_name": ours,
            "include_object": lambda item, name, kind, reflected, compare_to: ours(name, kind, None),
            "render_as_batch": True,
            "compare_type": True,
            "target_metadata": METADATA,
        }
        return produce_migrations(MigrationContext.configure(connection, opts=options), METADATA)


def _machinery(connection: Connection) -> set[str]:
    """Full-text indexes and their like, which a migration makes by hand and no model describes."""
    listed = connection.exec_driver_sql("SELECT name FROM pragma_table_list WHERE type IN ('virtual', 'shadow')")
    return set(listed.scalars())


def _write(schema: Schema, message: str, body: str) -> Path:
    previous = scripts(schema).get_current_head()
    number = f"{int(previous) + 1 if previous else 1:04d}"
    slug = re.sub(r"[^a-z0-9]+", "_", message.lower().replace("'", "")).strip("_")[:40]
    path = schema.migrations / f"{number}_{slug}.py"
    content = TEMPLATE.format(
        message=message.rstrip("."),
        imports="from sqlalchemy.dialects import postgresql\n" if "postgresql." in body else "",
        revision=number,
        previous=f'"{previous}"' if previous else "None",
        body=body,
    )
    path.write_text(content, "utf-8")
    return path


def _render(kind: str, item: Any, context: Any) -> str | Literal[False]:
    """Types by their plain SQLAlchemy names, so that a migration still reads when our own types have moved on."""
    if kind != "type":
        return False
    if isinstance(item, UTCDateTime) or (isinstance(item, DateTime) and item.timezone):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, JSONValue):
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    if isinstance(item, AutoString):
        length = getattr(item.impl_instance, "length", None)
        return f"sa.String({length or ''})"
    if isinstance(item, String) and item.length is None and type(item) is String:
        return "sa.String()"
    return False


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 2:
        sys.stderr.write(f"{(__doc__ or '').splitlines()[0]}\n")
        return 2
    from marketry.database.installed import schemas_with

    plugin, message = arguments
    written = revision(schemas_with(plugin), plugin, message)
    sys.stdout.write(f"{written or 'Nothing has changed.'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
