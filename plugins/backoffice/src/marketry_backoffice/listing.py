"""Plugins as staff see them: what is installed, what runs, what is at fault."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketry.plugins.discovery import find, load
from marketry.plugins.failures import Fault, Quarantined
from marketry.plugins.manifest import NoSettings, Plugin

if TYPE_CHECKING:
    from marketry import Context


@dataclass(frozen=True, slots=True)
class ListedPlugin:
    """`state`: `enabled`, `quarantined`, `waiting` (listed, runs after a restart), `leaving` or `available`.

    `manifest` is None where it can't be read; `fault` then says why.
    """

    id: str
    state: str
    version: str = ""
    distribution: str = ""
    manifest: Plugin | None = None
    fault: Quarantined | None = None
    needed_by: tuple[str, ...] = ()

    @property
    def has_settings(self) -> bool:
        return self.manifest is not None and self.manifest.settings is not NoSettings and self.state != "available"


def all_plugins(ctx: "Context") -> list[ListedPlugin]:
    """Every installed or listed plugin: those in quarantine first, then those that run, then the others, by id."""
    found = find(ctx.runtime.extra)
    ids = {*found.ids, *ctx.runtime.listed, *(one.id for one in ctx.runtime.plugins.enabled)}
    rank = {"quarantined": 0, "waiting": 1, "leaving": 1, "enabled": 2, "available": 3}
    return sorted((one_plugin(ctx, name) for name in ids), key=lambda one: (rank[one.state], one.id))


def look_for_changes(ctx: "Context") -> bool:
    """Take up what was saved meanwhile, here or by another process; whether the list of plugins or the theme changed."""
    return ctx.runtime.is_outdated


def one_plugin(ctx: "Context", id: str) -> ListedPlugin:
    registry = ctx.runtime.plugins
    fault = next((record for record in registry.quarantined if record.plugin == id), None)
    try:
        installed = registry.known.get(id) or load(find(ctx.runtime.extra), id)
    except Fault as unreadable:
        return ListedPlugin(id, "quarantined" if fault else "available", fault=fault or unreadable.record)
    needed_by = tuple(sorted(one.id for one in registry.enabled if id in one.manifest.requires))
    return ListedPlugin(
        id, _state(ctx, id, fault), installed.version, installed.distribution, installed.manifest, fault, needed_by
    )


def _state(ctx: "Context", id: str, fault: Quarantined | None) -> str:
    if fault is not None:
        return "quarantined"
    runs, listed = id in ctx.runtime.plugins, id in ctx.runtime.listed
    extra = any(one.id == id for one in ctx.runtime.extra)
    if runs:
        return "enabled" if listed or extra else "leaving"
    return "waiting" if listed else "available"
