"""The kernel's base of tables, and the row per plugin that says how far its tables are."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from marketry.database.plugin_base import plugin_registry


class KernelTable(SQLModel, registry=plugin_registry("kernel")):
    """Base of the kernel's tables."""


class PluginSchema(KernelTable, table=True):
    """`revision` is the last migration applied, `min_version` the oldest version of the plugin that may still serve."""

    __tablename__ = "kernel_plugin_schema"

    plugin: str = Field(primary_key=True, max_length=64)
    revision: str = Field(max_length=64)
    min_version: str = Field(default="0", max_length=32)
    applied_at: datetime
