"""Finding installed plugins and themes by their entry points. Finding imports nothing; `load` imports a manifest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from importlib_metadata import EntryPoint, entry_points

from marketry.plugins.failures import Fault
from marketry.plugins.manifest import Plugin, Theme

PLUGINS = "marketry.plugins"
THEMES = "marketry.themes"


@dataclass(frozen=True, slots=True)
class Installed:
    """A loaded plugin: its manifest, the module (or object) with its hook implementations, and where it came from."""

    manifest: Plugin
    module: Any
    version: str = "0"
    distribution: str = ""

    @property
    def id(self) -> str:
        return self.manifest.id

    @property
    def package(self) -> str:
        """The package with its `templates/`, `static/`, `locale/` and `migrations/`; empty for an inline plugin."""
        if not isinstance(self.module, ModuleType):
            return ""
        return self.module.__name__.rpartition(".")[0]

    @property
    def folder(self) -> Path | None:
        """Where that package lies on disk; None for an inline plugin."""
        return _folder(self.package)


@dataclass(frozen=True, slots=True)
class InstalledTheme:
    """A loaded theme."""

    manifest: Theme
    version: str = "0"
    distribution: str = ""

    @property
    def id(self) -> str:
        return self.manifest.id

    @property
    def folder(self) -> Path | None:
        """Where its package, with `templates/`, `static/` and `locale/`, lies on disk."""
        return _folder(self.manifest.package)


@cache
def _folder(package: str) -> Path | None:
    spec = find_spec(package) if package else None
    places = list(spec.submodule_search_locations or ()) if spec else []
    return Path(places[0]) if places else None


@dataclass(frozen=True, slots=True)
class Found:
    """What is installed, by id, not yet imported; `extra` plugins come loaded (tests, inline plugins)."""

    plugins: Mapping[str, tuple[EntryPoint, ...]]
    themes: Mapping[str, tuple[EntryPoint, ...]]
    extra: Mapping[str, Installed] = field(default_factory=dict)

    def __contains__(self, plugin: str) -> bool:
        return plugin in self.plugins or plugin in self.extra

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(sorted({*self.plugins, *self.extra}))

    def version(self, plugin: str) -> str:
        """The installed version, read without importing anything; empty where it isn't installed."""
        if plugin in self.extra:
            return self.extra[plugin].version
        return next((_version(point) for point in self.plugins.get(plugin, ())), "")


def find(extra: tuple[Installed, ...] = ()) -> Found:
    """All plugins and themes whose packages are installed in this environment."""
    return Found(_by_name(PLUGINS), _by_name(THEMES), {one.id: one for one in extra})


def _by_name(group: str) -> dict[str, tuple[EntryPoint, ...]]:
    found: dict[str, tuple[EntryPoint, ...]] = {}
    for point in entry_points(group=group):
        found[point.name] = (*found.get(point.name, ()), point)
    return found


def load(found: Found, plugin: str) -> Installed:
    """Import the manifest of `plugin`; Fault says what is wrong with it."""
    if plugin in found.extra:
        return found.extra[plugin]
    point = _only(found.plugins.get(plugin, ()), plugin)
    try:
        manifest = point.load()
    except Exception as error:
        raise Fault(
            plugin,
            f"its manifest {point.value} can't be imported: {type(error).__name__}: {error}",
            f"Repair or reinstall {_package(point)}, or disable it: marketry plugin disable {plugin}",
            step="import",
        ) from error
    if not isinstance(manifest, Plugin) or manifest.id != plugin:
        said = f"names itself {manifest.id!r}" if isinstance(manifest, Plugin) else "is no marketry.Plugin"
        raise Fault(
            plugin,
            f"{point.value} {said}",
            f"Its entry point in {PLUGINS} and Plugin(id=…) must both be {plugin!r}.",
            step="manifest",
        )
    return Installed(manifest, import_module(point.module), _version(point), _package(point))


def load_theme(found: Found, theme: str) -> InstalledTheme:
    """Import the manifest of `theme`; Fault says what is wrong with it."""
    point = _only(found.themes.get(theme, ()), theme, kind="theme")
    try:
        manifest = point.load()
    except Exception as error:
        raise Fault(
            theme,
            f"the theme's manifest {point.value} can't be imported: {type(error).__name__}: {error}",
            f"Repair or reinstall {_package(point)}, or choose another theme in marketry.toml.",
            step="import",
        ) from error
    if not isinstance(manifest, Theme) or manifest.id != theme:
        raise Fault(
            theme,
            f"{point.value} is no marketry.Theme with the id {theme!r}",
            "Make entry point and Theme(id=…) agree.",
            step="manifest",
        )
    return InstalledTheme(manifest, _version(point), _package(point))


def _only(points: tuple[EntryPoint, ...], name: str, kind: str = "plugin") -> EntryPoint:
    if not points:
        package = f"marketry-{'theme-' if kind == 'theme' else ''}{name.replace('_', '-')}"
        mend = f"Install its package (pip install {package}), or take it out of the site"
        raise Fault(name, f"no installed package offers a {kind} of this name", f"{mend}.", step="discovery")
    if len({point.value for point in points}) > 1:
        packages = " and ".join(sorted(_package(point) for point in points))
        raise Fault(name, f"{packages} both offer it", "Uninstall one of them.", step="discovery")
    return points[0]


def _version(point: EntryPoint) -> str:
    return point.dist.version if point.dist else "0"


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist else point.module.partition(".")[0]
