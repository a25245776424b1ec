"""Migrations per plugin: order, locks, versions side by side, what a failure leaves behind, the rules of tables."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table, inspect, select, text

from marketry.database import METADATA, Database
from marketry.database.autogenerate import difference, revision
from marketry.database.installed import schemas_with
from marketry.database.migration_lock import BrokenForeignKeys
from marketry.database.migrations import MigrationsPending, TooOld, check, migrate, pending
from marketry.database.schema import Schema, SchemaError, check_tables, kernel_schema
from marketry.database.tables import PluginSchema

FIRST = '''"""Make shelves."""
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table("shelf_board", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(20)))
    op.create_table(
        "shelf_jar",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("board", sa.Integer(), sa.ForeignKey("shelf_board.id", ondelete="CASCADE")),
    )
    op.execute("INSERT INTO shelf_board (id, name) VALUES (1, 'top')")
    op.execute("INSERT INTO shelf_jar (id, board) VALUES (1, 1)")
'''
SECOND = '''"""{title}."""
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
{more}

def upgrade() -> None:
    {body}
'''


@pytest.fixture
def shop(database: str) -> Iterator[Database]:
    opened = Database(database)
    yield opened
    opened.close()


@pytest.fixture
def shelf(tmp_path: Path) -> Schema:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_make_shelves.py").write_text(FIRST)
    return Schema("shelf", "1.2", (), folder)


def add(shelf: Schema, body: str, more: str = "", title: str = "Second") -> None:
    (shelf.migrations / "0002_second.py").write_text(SECOND.format(title=title, body=body, more=more))


KERNEL_STEPS = [("kernel", file.name[:4]) for file in sorted(kernel_schema().migrations.glob("0*.py"))]


def tables(shop: Database) -> set[str]:
    return set(inspect(shop.write_engine).get_table_names())


def row(shop: Database) -> tuple[str, str]:
    with shop.reading() as session:
        found = session.execute(select(PluginSchema).where(PluginSchema.plugin == "shelf")).scalar_one()  # type: ignore[arg-type]
        return found.revision, found.min_version


def test_each_plugin_has_its_own_version_table_and_row_and_a_second_run_does_nothing(shop: Database, shelf: Schema) -> None:
    schemas = [kernel_schema(), shelf]

    applied = [(step.plugin, step.revision) for step in migrate(shop, schemas)]

    assert applied == [*KERNEL_STEPS, ("shelf", "0001")]
    assert {"alembic_version_kernel", "alembic_version_shelf", "shelf_board"} <= tables(shop)
    assert row(shop) == ("0001", "0")
    assert migrate(shop, schemas) == []


def test_a_process_behind_its_migrations_is_told_what_to_run(shop: Database, shelf: Schema) -> None:
    with pytest.raises(MigrationsPending, match="behind the code of kernel, shelf: run `marketry migrate`"):
        check(shop, [kernel_schema(), shelf])
    migrate(shop, [kernel_schema()])
    with pytest.raises(MigrationsPending, match="behind the code of shelf"):
        check(shop, [kernel_schema(), shelf])

    assert pending(shop, [kernel_schema(), shelf]) == {"shelf": ["0001"]}


def test_an_older_release_serves_on_beside_an_expanding_migration_of_a_newer_one(shop: Database, shelf: Schema) -> None:
    migrate(shop, [kernel_schema(), shelf])
    add(shelf, 'op.add_column("shelf_board", sa.Column("colour", sa.String(10)))')
    migrate(shop, [kernel_schema(), shelf])
    (shelf.migrations / "0002_second.py").unlink()  # as the older package was installed

    check(shop, [kernel_schema(), shelf])
    assert migrate(shop, [kernel_schema(), shelf]) == []
    assert row(shop) == ("0002", "0")


def test_a_contracting_migration_ends_the_service_of_releases_below_its_min_version(shop: Database, shelf: Schema) -> None:
    migrate(shop, [kernel_schema(), shelf])
    add(shelf, 'op.drop_table("shelf_jar")', more='min_version = "1.3"\n')
    newer = Schema("shelf", "1.3", (), shelf.migrations)
    migrate(shop, [kernel_schema(), newer])

    check(shop, [kernel_schema(), newer])
    with pytest.raises(TooOld, match=r"plugin shelf 1\.2 is too old for this database, which needs 1\.3 or newer"):
        check(shop, [kernel_schema(), shelf])


def test_a_migration_that_fails_midway_leaves_nothing_of_it(shop: Database, shelf: Schema) -> None:
    migrate(shop, [kernel_schema(), shelf])
    add(shelf, 'op.create_table("shelf_new", sa.Column("id", sa.Integer()))\n    raise RuntimeError("power cut")')

    with pytest.raises(RuntimeError, match="power cut"):
        migrate(shop, [kernel_schema(), shelf])

    assert "shelf_new" not in tables(shop)
    assert row(shop) == ("0001", "0")


def test_rebuilding_a_table_does_not_cascade_into_the_rows_that_point_at_it(shop: Database, shelf: Schema) -> None:
    migrate(shop, [kernel_schema(), shelf])
    add(
        shelf,
        'with op.batch_alter_table("shelf_board") as batch:\n'
        '        batch.alter_column("name", type_=sa.String(80), nullable=True)',
    )
    migrate(shop, [kernel_schema(), shelf])

    with shop.reading() as session:
        assert session.execute(text("SELECT id, board FROM shelf_jar")).all() == [(1, 1)]


def test_a_migration_that_leaves_rows_pointing_nowhere_is_rolled_back(shop: Database, shelf: Schema) -> None:
    migrate(shop, [kernel_schema(), shelf])
    if shop.dialect == "postgresql":
        pytest.skip("PostgreSQL keeps its foreign keys on during DDL")
    add(shelf, 'op.execute("INSERT INTO shelf_jar (id, board) VALUES (2, 77)")')

    with pytest.raises(BrokenForeignKeys, match="1 rows point at rows that are gone: shelf_jar → shelf_board"):
        migrate(shop, [kernel_schema(), shelf])

    assert row(shop) == ("0001", "0")


def test_four_migrations_at_once_run_each_step_once(shop: Database, shelf: Schema, database: str) -> None:
    applied, failures = [], []

    def run() -> None:
        own = Database(database)
        try:
            applied.extend((step.plugin, step.revision) for step in migrate(own, [kernel_schema(), shelf]))
        except BaseException as error:
            failures.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert sorted(applied) == [*KERNEL_STEPS, ("shelf", "0001")]


def test_serving_imports_no_alembic() -> None:
    code = "import marketry.database.readiness, sys; print('alembic' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout == "False\n"


@pytest.mark.parametrize("plugin", ["kernel", "catalog", "orders", "payments_manual", "shipping", "backoffice"])
def test_the_models_of_our_own_plugins_say_what_their_migrations_made(plugin: str, shop: Database) -> None:
    schemas = schemas_with(plugin)
    if schemas[-1].plugin != plugin:
        pytest.skip(f"{plugin} has no tables")
    assert difference(schemas, schemas[-1]) == ""

    check_tables(schemas)
    migrate(shop, schemas)
    check(shop, schemas)
    declared = {table.name for table in schemas[-1].tables()}
    assert declared <= tables(shop)


# --- the rules of tables ------------------------------------------------------------------------------------------


@pytest.fixture
def declare() -> Iterator[object]:
    """Tables declared in a test, taken back at its end."""
    made: list[Table] = []

    def table(name: str, *columns: object) -> Table:
        made.append(Table(name, METADATA, Column("id", Integer, primary_key=True), *columns))  # type: ignore[arg-type]
        return made[-1]

    yield table
    for one in reversed(made):
        METADATA.remove(one)


def schema(plugin: str, **requires: str) -> Schema:
    return Schema(plugin, "1.0", (), Path("/nowhere"), requires)


def test_a_foreign_key_to_a_plugin_that_is_not_required_is_refused(declare) -> None:  # type: ignore[no-untyped-def]
    declare("zebra_stripe")
    declare("yak_coat", Column("stripe", ForeignKey("zebra_stripe.id", ondelete="CASCADE")))

    with pytest.raises(SchemaError, match=r"yak_coat\.stripe points at zebra_stripe, of a plugin that it doesn't require"):
        check_tables([schema("zebra"), schema("yak")])
    check_tables([schema("zebra"), schema("yak", zebra=">=1")])


def test_a_foreign_key_says_what_happens_on_delete(declare) -> None:  # type: ignore[no-untyped-def]
    declare("zebra_stripe")
    declare("zebra_dot", Column("stripe", ForeignKey("zebra_stripe.id")))

    with pytest.raises(SchemaError, match=r"zebra_dot\.stripe doesn't say what happens on delete"):
        check_tables([schema("zebra")])


def test_no_plugin_may_live_inside_the_prefix_of_another() -> None:
    with pytest.raises(SchemaError, match="plugin zebra_extra: its tables begin with 'zebra_' as those of zebra do"):
        check_tables([schema("zebra"), schema("zebra_extra")])


def test_autogenerate_looks_at_the_plugins_own_tables_only(declare, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    declare("zebra_stripe")
    declare("yak_coat", Column("colour", String(9)), CheckConstraint("colour <> ''", name="colour"))
    yak = Schema("yak", "1.0", (), tmp_path / "migrations")

    written = revision([kernel_schema(), yak], "yak", "Make coats")

    assert written == tmp_path / "migrations" / "0001_make_coats.py"
    content = written.read_text()
    assert "yak_coat" in content
    assert "zebra" not in content
    assert "kernel" not in content
