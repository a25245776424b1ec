"""Where templates and static files come from, in the order in which they win: site > theme > parent theme > plugin > kernel."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
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
    yield Layer("site", "site", runtime.site.dir)
    for theme in runtime.plugins.themes:
        if theme.folder:
            yield Layer(theme.id, "theme", theme.folder)
    for plugin in reversed(runtime.plugins.enabled):
        if plugin.folder:
            yield Layer(plugin.id, "plugin", plugin.folder)
    yield Layer(KERNEL, "kernel", Path(__file__).parents[1])


def watching() -> bool:
    """Whether files are looked at again at each use: under `marketry run --reload`, never in production."""
    return os.environ.get("MARKETRY_RELOAD") == "1"
