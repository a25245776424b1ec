"""Which paths lead to a page that may be kept. The route is the one that the application would choose, found in its order."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from re import Pattern
from typing import TYPE_CHECKING

from starlette.routing import compile_path

from marketry.plugins.failures import Fault
from marketry.web.guard import MARK as GUARDED
from marketry.web.guard import PRIVATE as PRIVATE_MARK
from marketry.web.pagecache.marking import MARK, Declared
from marketry.web.security.paths import PRIVATE, below

if TYPE_CHECKING:
    from marketry.web.mounting import Mounted

Found = tuple[str, Declared]
REMEMBERED = 8_192


class KeptRoutes:
    """`find(path)` gives the pattern of the route and what it declares, or None. `mounted` is in the order of matching."""

    def __init__(self, mounted: Iterable["Mounted"]) -> None:
        self._by_segment: dict[str, list[tuple[Pattern[str], str, Declared | None]]] = {}
        self._open: list[tuple[Pattern[str], str, Declared | None]] = []
        marked = [(one, declared(one)) for one in mounted]
        rows = [(compile_path(one.path)[0], one.path, found) for one, found in marked if "GET" in one.methods]
        for pattern, path, found in rows:
            segment = _first(path)
            others = self._by_segment.values() if "{" in segment else [self._by_segment.setdefault(segment, [*self._open])]
            for row in others:
                row.append((pattern, path, found))
            if "{" in segment:
                self._open.append((pattern, path, found))
        self.any = any(found for _, _, found in rows)
        self.find = lru_cache(REMEMBERED)(self._find)

    def _find(self, path: str) -> Found | None:
        candidates: Sequence[tuple[Pattern[str], str, Declared | None]] = self._by_segment.get(_first(path), self._open)
        for pattern, shape, found in candidates:
            if pattern.match(path):
                return (shape, found) if found else None
        return None


def declared(one: "Mounted") -> Declared | None:
    """What the route declares with `@cached`. Fault where it can't be kept: it is guarded, personal, or changes something."""
    found: Declared | None = getattr(one.endpoint, MARK, None)
    if found is None:
        return None
    guard: str = getattr(one.endpoint, GUARDED, "")
    personal = hasattr(one.endpoint, PRIVATE_MARK) or below(one.path, PRIVATE)
    if personal or one.unsafe or one.area != "shop" or guard:
        raise Fault(
            one.plugin,
            f"{'/'.join(sorted(one.methods))} {one.path} is @cached, but not a page that all may see",
            "Take @cached away, or move what is personal to another route (an island).",
            step="routes",
        )
    return found


def _first(path: str) -> str:
    return path[1:].partition("/")[0] or "/"
