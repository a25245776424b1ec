"""Static files of all layers under names that carry their content's hash, so they may be cached for ever."""

from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from marketry.hookspecs import web as web_hooks
from marketry.web import bundles
from marketry.web.layers import layers_of, watching
from marketry.web.values import Asset

if TYPE_CHECKING:
    from marketry.runtime import Runtime

PREFIX = "/static"
HTMX = "marketry/htmx.min.js"
ISLANDS = "marketry/islands.js"
DIALOGS = "marketry/dialogs.js"


class Assets:
    """Logical name (`orders/cart.js`) → file of the strongest layer → `/static/<hash>/orders/cart.js`.

    One hash over all files of all layers: relative imports between them keep working, and any change renames them all.
    """

    def __init__(self, runtime: "Runtime") -> None:
        self._watch = watching()
        self._files: dict[str, Path] = {}
        for layer in reversed(layers_of(runtime)):
            if layer.static.is_dir():
                self._files.update({p.relative_to(layer.static).as_posix(): p for p in _files(layer.static)})
        self._joined_in = Path(runtime.site.var_dir) / "assets"
        self._lists = {n.removesuffix(".list"): path for n, path in self._files.items() if n.endswith(bundles.LIST)}
        self._join()
        self._hash = self._digest()
        self._elements: dict[str, Markup] = {}
        self._areas = {area: tuple(asset.path for asset in _declared(runtime, area)) for area in ("shop", "admin")}

    @property
    def hash(self) -> str:
        if not self._watch:
            return self._hash
        self._join()
        return self._digest()

    def url(self, name: str) -> str:
        """The address of `name`; KeyError names what is missing, since a page without its style is a mistake."""
        if name not in self._files:
            raise KeyError(f"there is no static file {name!r} in any layer")
        return f"{PREFIX}/{self.hash}/{name}"

    def elements(self, area: str) -> Markup:
        """The elements that load htmx and what plugins add to every page of an area (`shop` or `admin`)."""
        found = None if self._watch else self._elements.get(area)
        if found is None:
            own = (HTMX, ISLANDS, DIALOGS) if area == "shop" else (HTMX,)
            found = self._elements[area] = Markup("\n").join(map(self._element, (*own, *self._areas[area])))
        return found

    def _element(self, name: str) -> Markup:
        if name.endswith(".css"):
            return Markup('<link rel="stylesheet" href="{}">').format(self.url(name))
        kind = Markup(" defer") if name == HTMX else Markup(' type="module"')
        return Markup('<script src="{}"{}></script>').format(self.url(name), kind)

    def file(self, name: str) -> Path | None:
        return self._files.get(name)

    def _join(self) -> None:
        """Write the stylesheets that lists name out of parts, and serve those."""
        for name, listing in self._lists.items():
            bundles.join(listing, self._files.get, self._joined_in / name)
            self._files[name] = self._joined_in / name

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


def assets_of(runtime: "Runtime") -> Assets:
    return runtime.part(Assets)
