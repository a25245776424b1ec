"""`--reload`: whether code or configuration on disk has changed."""

import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from importlib_metadata import entry_points

EVERY = 0.5
ENDINGS = (".py", ".toml", ".po")


class Watch:
    """Looks at the files of the site, the kernel and all installed plugins and themes, at most every half second."""

    def __init__(self, site: Path) -> None:
        self._folders = [site, *_packages()]
        self._seen = self._latest()
        self._next = time.monotonic() + EVERY

    def changed(self) -> bool:
        """Whether something has changed since this last said so."""
        if time.monotonic() < self._next:
            return False
        before, self._seen = self._seen, self._latest()
        self._next = time.monotonic() + EVERY
        return before != self._seen

    def _latest(self) -> tuple[int, int]:
        """The newest time and the number of files, so that a removed file is noticed too."""
        times = [path.stat().st_mtime_ns for folder in self._folders for path in _files(folder)]
        return max(times, default=0), len(times)


def _packages() -> Iterator[Path]:
    points = [point for group in ("marketry.plugins", "marketry.themes") for point in entry_points(group=group)]
    for name in sorted({"marketry", *(point.module.partition(".")[0] for point in points)}):
        spec = find_spec(name)
        yield from map(Path, (spec.submodule_search_locations or []) if spec else [])


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.suffix in ENDINGS and "var" not in path.relative_to(folder).parts[:1]:
            yield path
