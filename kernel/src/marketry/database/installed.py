"""Schemas of installed plugins, found by their entry points; no site is needed."""

from collections.abc import Iterable

from marketry.database.schema import KERNEL, Schema, kernel_schema, plugin_schema
from marketry.plugins.discovery import Installed, find, load


def schemas_of(plugins: Iterable[Installed]) -> list[Schema]:
    """The kernel's schema, then those of `plugins` (already in dependency order) that have tables."""
    return [kernel_schema(), *(_schema(one) for one in plugins if one.manifest.models)]


def schemas_with(plugin: str) -> list[Schema]:
    """The schema of an installed `plugin` after those it requires, the kernel's first."""
    if plugin == KERNEL:
        return [kernel_schema()]
    found, ordered = find(), dict[str, Installed]()

    def add(id: str) -> None:
        if id in ordered:
            return
        one = load(found, id)
        for needed in one.manifest.requires:
            add(needed)
        ordered[id] = one

    add(plugin)
    return schemas_of(ordered.values())


def _schema(one: Installed) -> Schema:
    return plugin_schema(one.id, one.version, one.manifest.models, one.manifest.requires)
