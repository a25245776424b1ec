"""`ctx.media`: storing a picture, its address in each width, and making its renditions."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from marketry.media.pictures import MIME, MODERN, WIDTHS, decode, encode, look_at_picture, narrowed, read_picture
from marketry.media.stores import Bucket, Folder, Store

if TYPE_CHECKING:
    from marketry.runtime import Runtime

PENDING = "pending"  # a mark per picture whose renditions are still to be made
SWEEP = 500
SRCSETS = 10_000  # kept in memory: a page of a list needs two dozen
_STEM = r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{32}-(?P<width>\d{1,5})x(?P<height>\d{1,5})\.(jpg|png|webp)"
_NAME = re.compile(_STEM)
_RENDITION = re.compile(rf"(?P<name>{_STEM})\.(?P<narrow>\d{{3,4}})(\.(?P<ending>avif|webp))?")


@dataclass(frozen=True, slots=True)
class MediaFile:
    """What is sent for an address: a `path` or the `content`. `lasting` False: a stand-in, until the rendition is made."""

    mime: str
    path: Path | None
    content: bytes | None
    lasting: bool = True


class Media:
    """`[media]` of the site: nothing (a folder var/media), or `url = "s3://bucket/prefix"` with `endpoint`, `region`,
    `access_key_id`, `secret_access_key`; and `public_url` where a CDN or the bucket itself serves the files."""

    def __init__(self, runtime: "Runtime") -> None:
        settings = runtime.site.table("media")
        url = str(settings.get("url") or "")
        self._public = str(settings.get("public_url") or "").rstrip("/")
        self._srcsets: dict[str, str] = {}
        self._store: Store = Bucket(url, settings) if url.startswith("s3://") else Folder(runtime.site.var_dir / "media")

    def store(self, content: bytes, filename: str = "", *, as_is: bool = False) -> str:
        """Keep a picture and return its name, which says its size in pixels. The same content has the same name.

        Refused (422) for what is no picture. Renditions follow within a minute or so. `filename` isn't trusted, nor kept.
        `as_is` keeps the bytes without encoding them anew: only for pictures of the operator's own, never for uploads.
        """
        if as_is:
            name, ending = look_at_picture(content)
            return self._kept(name, ending, lambda: content)
        picture = read_picture(content)
        return self._kept(picture.name, picture.ending, lambda: encode(picture.image, picture.ending, original=True))

    def _kept(self, name: str, ending: str, encoded: Callable[[], bytes]) -> str:
        if not self._store.holds(name):
            self._store.write(f"{PENDING}/{name.replace('/', '_')}", b"", "text/plain")
            self._store.write(name, encoded(), MIME[ending])
        return name

    def size(self, name: str) -> tuple[int, int]:
        """Width and height of the original in pixels."""
        parts = _parsed(name)
        return int(parts["width"]), int(parts["height"])

    def url(self, name: str, width: int | None = None) -> str:
        """The address of the picture, or of its rendition that is at least `width` pixels wide.

        Served by the site itself, a rendition comes in the best format that the browser accepts; from `public_url` as WebP.
        """
        chosen = None if width is None else self._width_for(name, width)
        path = name if chosen is None else f"{name}.{chosen}" + (".webp" if self._public else "")
        return f"{self._public or '/media'}/{path}"

    def srcset(self, name: str) -> str:
        """Every rendition with its width and the original, for the `srcset` of an `img`."""
        found = self._srcsets.get(name)
        if found is None:
            own = self.size(name)[0]
            found = ", ".join([*(f"{self.url(name, w)} {w}w" for w in WIDTHS if w < own), f"{self.url(name)} {own}w"])
            if len(self._srcsets) >= SRCSETS:
                self._srcsets.clear()
            self._srcsets[name] = found
        return found

    def open(self, path: str, accept: str = "") -> MediaFile | None:
        """What to send for `/media/<path>` to a browser that accepts `accept`; None where there is nothing."""
        if _NAME.fullmatch(path):
            return self._file(path)
        found = _RENDITION.fullmatch(path)
        if not found or int(found["narrow"]) not in WIDTHS:
            return None
        wanted = [found["ending"]] if found["ending"] else [ending for ending in MODERN if MIME[ending] in accept]
        for ending in wanted:
            rendition = self._file(f"{found['name']}.{found['narrow']}.{ending}")
            if rendition:
                return rendition
        original = self._file(found["name"])
        return original and MediaFile(original.mime, original.path, original.content, lasting=not wanted)

    def make_pending(self) -> int:
        """Make the renditions of pictures that were stored since; returns how many pictures that were."""
        marks = list(self._store.names(PENDING, SWEEP))
        for mark in marks:
            self.make_renditions(mark.rpartition("/")[2].replace("_", "/"))
            self._store.remove(mark)
        return len(marks)

    def make_renditions(self, name: str) -> None:
        """Make what is missing of the renditions of `name`. May be repeated, and cut off anywhere."""
        content = self._store.read(name)
        if content is None:  # cut off before the picture was written; whoever stored it will do so again
            return
        for width in (w for w in WIDTHS if w < self.size(name)[0]):
            missing = [ending for ending in MODERN if not self._store.holds(f"{name}.{width}.{ending}")]
            if not missing:
                continue
            smaller = narrowed(decode(content), width)
            for ending in missing:
                self._store.write(f"{name}.{width}.{ending}", encode(smaller, ending), MIME[ending])

    def _width_for(self, name: str, width: int) -> int | None:
        """The narrowest rendition that is wide enough; None: the original."""
        return next((w for w in WIDTHS if width <= w < self.size(name)[0]), None)

    def _file(self, name: str) -> MediaFile | None:
        mime = MIME[name.rpartition(".")[2]]
        path = self._store.path(name)
        if path is not None:
            return MediaFile(mime, path, None) if path.is_file() else None
        content = self._store.read(name)
        return None if content is None else MediaFile(mime, None, content)


def _parsed(name: str) -> re.Match[str]:
    found = _NAME.fullmatch(name)
    if not found:
        raise ValueError(f"{name!r} is no name of a picture: it must come from Media.store")
    return found
