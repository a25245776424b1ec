"""The plugins of one site, checked, ordered and registered. The only place that calls pluggy."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from types import ModuleType
from typing import Any

import pluggy

from marketry.plugins.calls import Call
from marketry.plugins.discovery import Found, Installed, InstalledTheme, load
from marketry.plugins.dispatch import make_call
from marketry.plugins.failures import BootStopped, Fault, Quarantined
from marketry.plugins.markers import PROJECT, Spec
from marketry.plugins.models import load_models
from marketry.plugins.ordering import order_implementations, order_plugins
from marketry.plugins.requirements import check_manifest, check_requires


@dataclass(frozen=True)
class Registry:
    """What runs in a site: `enabled` plugins in dependency order, the `themes` chain (child first), what is in quarantine.

    `known` holds every manifest that could be read, of quarantined plugins too. `specs` are all hooks by name.
    """

    enabled: tuple[Installed, ...]
    quarantined: tuple[Quarantined, ...]
    known: Mapping[str, Installed]
    specs: Mapping[str, Spec]
    calls: Mapping[Callable[..., Any], tuple[Call, ...]]
    themes: tuple[InstalledTheme, ...] = ()

    def __contains__(self, plugin: str) -> bool:
        return any(one.id == plugin for one in self.enabled)

    def __getitem__(self, plugin: str) -> Installed:
        """The enabled plugin of this id, or KeyError."""
        return next((one for one in self.enabled if one.id == plugin), None) or self._missing(plugin)

    def _missing(self, plugin: str) -> Installed:
        raise KeyError(f"the plugin {plugin} is not enabled")

    def __iter__(self) -> Iterator[Installed]:
        return iter(self.enabled)

    def version(self, plugin: str) -> str:
        """The version of a plugin that could be read; empty where it isn't known."""
        return self.known[plugin].version if plugin in self.known else ""

    def implementers(self, hook: str) -> tuple[str, ...]:
        """Ids of the plugins that implement `hook`, in the order in which they are asked."""
        return next((tuple(c.plugin for c in calls) for spec, calls in self.calls.items() if spec.__name__ == hook), ())


def assemble(
    ids: Iterable[str],
    found: Found,
    *,
    api_version: str,
    hook_modules: Sequence[ModuleType],
    faults: Sequence[Fault] = (),
    critical: Sequence[str] = (),
    merchant_order: Mapping[str, Sequence[str]] | None = None,
    budget: float = 0.25,
) -> Registry:
    """Register the plugins `ids`. Those at fault, with their dependants, go into quarantine; BootStopped for a critical one.

    `faults` are known from an earlier attempt. `merchant_order` maps hooks to plugin ids. `budget`: seconds after which a
    call of a hook counts as slow.
    """
    quarantine = _Quarantine(critical)
    for fault in faults:
        quarantine.add(fault.record)
    known = _load_all(ids, found, quarantine, api_version)
    for fault in faults:
        quarantine.stop_if_critical(fault.record, known)
    while True:
        try:
            healthy = {name: one for name, one in known.items() if name not in quarantine.records}
            return _register(healthy, known, quarantine, hook_modules, merchant_order or {}, budget)
        except Fault as fault:
            quarantine.add(fault.record)
            quarantine.stop_if_critical(fault.record, known)


class _Quarantine:
    def __init__(self, critical: Sequence[str]) -> None:
        self.records: dict[str, Quarantined] = {}
        self._critical = critical

    def add(self, record: Quarantined) -> None:
        self.records[record.plugin] = record

    def stop_if_critical(self, record: Quarantined, known: Mapping[str, Installed]) -> None:
        plugin = known.get(record.plugin)
        if record.plugin in self._critical or (plugin and plugin.manifest.critical):
            raise BootStopped(f"{record} The site doesn't start without this plugin, which is critical.")


def _load_all(ids: Iterable[str], found: Found, quarantine: _Quarantine, api_version: str) -> dict[str, Installed]:
    known: dict[str, Installed] = {}
    for name in dict.fromkeys(ids):
        try:
            known[name] = load(found, name)
            check_manifest(known[name], api_version)
        except Fault as fault:
            quarantine.records.setdefault(name, fault.record)
            quarantine.stop_if_critical(fault.record, known)
    return known


def _register(
    healthy: Mapping[str, Installed],
    known: Mapping[str, Installed],
    quarantine: _Quarantine,
    hook_modules: Sequence[ModuleType],
    merchant_order: Mapping[str, Sequence[str]],
    budget: float,
) -> Registry:
    for plugin in healthy.values():
        _check_dependencies(plugin, healthy, quarantine)
    ordered = [healthy[name] for name in order_plugins(healthy)]
    for plugin in ordered:
        load_models(plugin)
    manager = pluggy.PluginManager(PROJECT)
    specs = _add_specs(manager, hook_modules, ordered)
    for plugin in ordered:
        _register_one(manager, plugin)
    _refuse_unknown_hooks(manager, specs, ordered)
    calls = {
        function: _calls(manager, spec, ordered, merchant_order.get(name, ()), budget) for name, (function, spec) in specs.items()
    }
    return Registry(tuple(ordered), tuple(quarantine.records.values()), dict(known), {n: s for n, (_, s) in specs.items()}, calls)


def _check_dependencies(plugin: Installed, healthy: Mapping[str, Installed], quarantine: _Quarantine) -> None:
    for needed in plugin.manifest.requires:
        if needed in quarantine.records:
            fault = Fault(
                plugin.id,
                f"it requires {needed}, which is in quarantine",
                f"Mend {needed}: {quarantine.records[needed].mend}",
                step="requires",
            )
            fault.record = Quarantined(plugin.id, "requires", fault.record.reason, fault.record.mend, because_of=needed)
            raise fault
    check_requires(plugin, healthy)


Specs = dict[str, tuple[Callable[..., Any], Spec]]


def _add_specs(manager: pluggy.PluginManager, modules: Sequence[ModuleType], plugins: Sequence[Installed]) -> Specs:
    specs: Specs = {}
    for module in modules:
        manager.add_hookspecs(module)
        specs.update(_specs_in(module))
    for plugin in plugins:
        if plugin.manifest.hookspecs:
            own = _own_specs(plugin)
            manager.add_hookspecs(import_module(plugin.manifest.hookspecs))
            specs.update(own)
    return specs


def _specs_in(module: ModuleType) -> Specs:
    declared = [f for f in vars(module).values() if isinstance(getattr(f, "marketry_hook", None), Spec)]
    return {f.__name__: (f, f.marketry_hook) for f in declared if f.__module__ == module.__name__}


def _own_specs(plugin: Installed) -> Specs:
    try:
        own = _specs_in(import_module(plugin.manifest.hookspecs))
    except Exception as error:
        raise Fault(
            plugin.id,
            f"its hooks in {plugin.manifest.hookspecs} can't be imported: {error}",
            f"Repair or update {plugin.distribution or plugin.id}.",
            step="hooks",
        ) from error
    for name in own:
        if not name.startswith(f"{plugin.id}_"):
            raise Fault(plugin.id, f"it declares a hook {name}", f"Name a plugin's own hooks {plugin.id}_….", step="hooks")
    return own


def _register_one(manager: pluggy.PluginManager, plugin: Installed) -> None:
    try:
        manager.register(plugin.module, name=plugin.id)
    except (pluggy.PluginValidationError, ValueError) as error:
        raise Fault(
            plugin.id,
            " ".join(str(error).split()),
            "Give the function arguments of the hook it implements: marketry hooks NAME",
            step="hooks",
        ) from error


def _refuse_unknown_hooks(manager: pluggy.PluginManager, specs: Specs, plugins: Sequence[Installed]) -> None:
    """pluggy keeps a misspelt hook silently until it is asked; we name it, its plugin, and the nearest right name."""
    of_optional = {name: tuple(f"{other}_" for other in one.manifest.after) for name, one in ((p.id, p) for p in plugins)}
    for name, caller in sorted(vars(manager.hook).items()):
        if name in specs or not isinstance(caller, pluggy.HookCaller):
            continue
        for implementation in caller.get_hookimpls():
            if name.startswith(of_optional[implementation.plugin_name] or ("\0",)):
                continue  # a hook of a plugin that it only follows, and that isn't enabled here
            near = get_close_matches(name, specs, n=1)
            mend = f"Did you mean {near[0]}?" if near else "See all there are with: marketry hooks"
            raise Fault(implementation.plugin_name, f"it implements a hook {name}, which doesn't exist", mend, step="hooks")


def _calls(
    manager: pluggy.PluginManager, spec: Spec, plugins: Sequence[Installed], merchant: Sequence[str], budget: float
) -> tuple[Call, ...]:
    caller: pluggy.HookCaller = getattr(manager.hook, spec.name)
    found = {implementation.plugin_name: implementation for implementation in caller.get_hookimpls()}
    if not found or caller.spec is None:
        return ()
    offered = caller.spec.argnames
    by_id = {plugin.id: plugin for plugin in plugins}
    order = order_implementations(
        spec.name,
        [plugin.id for plugin in plugins if plugin.id in found],
        {name: _ancestors(name, by_id) for name in found},
        {name: mark for name, one in found.items() if (mark := getattr(one.function, "marketry_order", None))},
        merchant,
    )
    calls = []
    for name in reversed(order) if spec.reverse else order:
        wanted = found[name].argnames
        picks = None if tuple(wanted) == tuple(offered) else tuple(offered.index(name) for name in wanted)
        calls.append(make_call(spec.failure, name, by_id[name].version, spec.name, found[name].function, picks, budget))
    return tuple(calls)


def _ancestors(plugin: str, by_id: Mapping[str, Installed]) -> set[str]:
    """All that it depends on, through plugins that may not implement the hook themselves."""
    reached: set[str] = set()
    waiting = [plugin]
    while waiting:
        manifest = by_id[waiting.pop()].manifest
        fresh = {name for name in (*manifest.requires, *manifest.after) if name in by_id} - reached
        reached |= fresh
        waiting.extend(fresh)
    return reached
