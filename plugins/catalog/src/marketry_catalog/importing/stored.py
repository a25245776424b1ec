"""Picture files beside the tables, and whether a stored row already says what a file says."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, UnidentifiedImageError

from marketry_catalog.importing.cells import Cells
from marketry_catalog.importing.kind import Run


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture that was read; `media` is empty where the same bytes are stored already."""

    digest: str
    media: str
    width: int
    height: int

    def columns(self) -> dict[str, Any]:
        """The columns of a picture or scene; those of an unchanged file leave `media` as it is."""
        known = {"digest": self.digest, "width": self.width, "height": self.height}
        return {**known, "media": self.media} if self.media else known


def store_picture(run: Run, cells: Cells, column: str, file: str, known_digest: str) -> PictureFile | None:
    """Read `file` below the import's folder and put it into the media store, unless `known_digest` is its digest.

    Notes what is wrong and answers None: no such file, outside the folder, no picture.
    """
    path = (run.folder / file).resolve()
    if not path.is_relative_to(run.folder.resolve()):
        cells.wrong(column, f"{file!r} lies outside the folder that is imported")
        return None
    try:
        content = path.read_bytes()
        with Image.open(BytesIO(content)) as image:
            width, height = image.size
    except FileNotFoundError:
        cells.wrong(column, f"there is no file {file!r}")
        return None
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        cells.wrong(column, f"{file!r} is no picture")
        return None
    digest = hashlib.sha256(content).hexdigest()
    if digest == known_digest or run.dry_run:
        return PictureFile(digest, "", width, height)
    return PictureFile(digest, run.ctx.media.store(content, path.name, as_is=run.own_pictures), width, height)


def same(row: Any, values: Mapping[str, Any]) -> bool:
    """Whether the stored `row` has all these values."""
    return all(getattr(row, name) == value for name, value in values.items())
