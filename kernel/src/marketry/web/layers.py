"""Where templates and static files come from, in the order in which they win: site > theme > parent theme > plugin > kernel."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marketry.runtime import Runtime

KERNEL = "marketry"


@dataclass(frozen=True, slots=True)
class Layer:
    """One package (or the site's folder) with `templates/` and `static/`."""

    id: str
    kind: str  # site | theme | plugin | kernel
    folder: Path

    @property
    def templates(self) -> Path:
        return self.folder / "templates"

    @property
    def static(self) -> Path:
        return self.folder / "static"


def layers_of(runtime: "Runtime") -> tuple[Layer, ...]:
    """All layers of the site, the strongest first."""
    return tuple(_layers(runtime))


def _layers(runtime: "Runtime") -> Iterator[Layer]:
    yield Layer("site", "site", Path(runtime.site.dir))
    for theme in runtime.themes:
        yield Layer(theme.id, "theme", folder_of(theme.manifest.package))
    for plugin in reversed(tuple(runtime.plugins)):
        if plugin.package:
            yield Layer(plugin.id, "plugin", folder_of(plugin.package))
    yield Layer(KERNEL, "kernel", folder_of(KERNEL))


def folder_of(package: str) -> Path:
    """The folder of an installed package, found without importing it."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"package {package} has no folder")
    return Path(next(iter(spec.submodule_search_locations)))
