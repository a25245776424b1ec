"""Whose tables are whose: one Schema per plugin with tables, and the rules that tables keep."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.resources import files
from pathlib import Path

from sqlalchemy import Enum, MetaData, Table

from marketry.database.plugin_base import METADATA, configure_models, plugin_registry, table_prefix

KERNEL = "kernel"
KERNEL_MODELS = (
    "marketry.database.tables",
    "marketry.settings.tables",
    "marketry.jobs.tables",
    "marketry.mail.tables",
    "marketry.audit",
    "marketry.privacy.tables",
    "marketry.web.tables",
    "marketry.web.pagecache.tables",
)


class SchemaError(Exception):
    """A plugin's tables break a rule, or its migrations can't be used; says which plugin, why, and the mend."""

    def __init__(self, plugin: str, reason: str, mend: str) -> None:
        super().__init__(f"plugin {plugin}: {reason} {mend}")
        self.plugin, self.reason, self.mend = plugin, reason, mend


@dataclass(frozen=True)
class Schema:
    """The tables of one plugin: the modules that declare them, the folder of its migrations, its installed version."""

    plugin: str
    version: str
    models: tuple[str, ...]
    migrations: Path
    requires: Mapping[str, str] = field(default_factory=dict)

    def load(self) -> None:
        """Import the models and resolve their relationships."""
        for module in self.models:
            import_module(module)
        configure_models(self.plugin)

    def tables(self, metadata: MetaData = METADATA) -> list[Table]:
        return [t for t in metadata.sorted_tables if t.name.startswith(table_prefix(self.plugin))]


def kernel_schema() -> Schema:
    """The kernel's own."""
    from marketry import API_VERSION

    return Schema(KERNEL, API_VERSION, KERNEL_MODELS, Path(str(files("marketry.database") / "migrations")))


def plugin_schema(plugin: str, version: str, models: str, requires: Mapping[str, str]) -> Schema:
    """That of a plugin whose manifest names `models`; its migrations lie beside them in `migrations/`."""
    package = models.split(".")[0]
    return Schema(plugin, version, (models,), Path(str(files(package) / "migrations")), requires)


def check_tables(schemas: Sequence[Schema]) -> None:
    """SchemaError for the first table that breaks a rule: names, prefixes, foreign keys, types."""
    _check_prefixes([s.plugin for s in schemas])
    for schema in schemas:
        _check_names(schema)
        for table in schema.tables():
            _check_foreign_keys(schema, table)
            _check_types(schema, table)


def _check_prefixes(plugins: Iterable[str]) -> None:
    ids = sorted(plugins)
    for one in ids:
        for other in ids:
            if other != one and other.startswith(table_prefix(one)):
                raise SchemaError(
                    other,
                    f"its tables begin with {table_prefix(one)!r} as those of {one} do.",
                    f"One of the two plugins needs another id; no id may be {one}_….",
                )


def _check_names(schema: Schema) -> None:
    for mapper in plugin_registry(schema.plugin).mappers:
        name = getattr(mapper.local_table, "name", "")
        if not name.startswith(table_prefix(schema.plugin)):
            raise SchemaError(schema.plugin, f"has a table {name!r}.", f"Name it {table_prefix(schema.plugin)}<noun>.")


def _check_foreign_keys(schema: Schema, table: Table) -> None:
    allowed = (schema.plugin, KERNEL, *schema.requires)
    for key in table.foreign_keys:
        target = key.target_fullname.split(".")[0]
        if not any(target.startswith(table_prefix(plugin)) for plugin in allowed):
            raise SchemaError(
                schema.plugin,
                f"{table.name}.{key.parent.name} points at {target}, of a plugin that it doesn't require.",
                "Name that plugin in `requires`, or keep the other's public id without a foreign key.",
            )
        if (key.ondelete or "").upper() not in ("CASCADE", "SET NULL"):
            raise SchemaError(
                schema.plugin,
                f"the foreign key {table.name}.{key.parent.name} doesn't say what happens on delete.",
                "Say ondelete='CASCADE' or ondelete='SET NULL'.",
            )


def _check_types(schema: Schema, table: Table) -> None:
    for column in table.columns:
        if isinstance(column.type, Enum) and column.type.native_enum:
            raise SchemaError(
                schema.plugin,
                f"{table.name}.{column.name} is a native enumeration, which no migration can change safely.",
                "Keep it as text with a CheckConstraint.",
            )
