"""Static files of all layers under names that carry their content's hash, so they may be cached for ever."""

from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from marketry.hookspecs import web as web_hooks
from marketry.web.layers import layers_of
from marketry.web.values import Asset

if TYPE_CHECKING:
    from marketry.runtime import Runtime

PREFIX = "/static"


class Assets:
    """Logical name (`orders/cart.js`) → file of the strongest layer → `/static/<hash>/orders/cart.js`.

    One hash over all files of all layers: relative imports between them keep working, and any change renames them all.
    """

    def __init__(self, runtime: "Runtime") -> None:
        self._watch = runtime.watching
        self._files: dict[str, Path] = {}
        for layer in reversed(layers_of(runtime)):
            if layer.static.is_dir():
                self._files.update({p.relative_to(layer.static).as_posix(): p for p in _files(layer.static)})
        self._hash = self._digest()
        self._areas = {area: tuple(asset.path for asset in _declared(runtime, area)) for area in ("shop", "admin")}

    @property
    def hash(self) -> str:
        return self._digest() if self._watch else self._hash

    def url(self, name: str) -> str:
        """The address of `name`; KeyError names what is missing, since a page without its style is a mistake."""
        if name not in self._files:
            raise KeyError(f"there is no static file {name!r} in any layer")
        return f"{PREFIX}/{self.hash}/{name}"

    def of_area(self, area: str) -> tuple[str, ...]:
        """Logical names of what plugins load on every page of an area."""
        return self._areas[area]

    def file(self, name: str) -> Path | None:
        return self._files.get(name)

    def _digest(self) -> str:
        digest = blake2b(digest_size=8)
        for name, path in sorted(self._files.items()):
            digest.update(name.encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith(".")]


def _declared(runtime: "Runtime", area: str) -> list[Asset]:
    return [asset for answer in runtime.hooks.each(web_hooks.assets, area) for asset in answer.value]


_assets: "WeakKeyDictionary[Runtime, Assets]" = WeakKeyDictionary()


def assets_of(runtime: "Runtime") -> Assets:
    found = _assets.get(runtime)
    if found is None:
        found = _assets[runtime] = Assets(runtime)
    return found
