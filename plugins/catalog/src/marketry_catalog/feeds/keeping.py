"""The feed as a file of the site, written anew when it is asked for and older than FRESH: a shopping site that comes every hour
costs one pass over the catalogue, and any number of readers no memory."""

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from marketry import Context
from marketry_catalog.feeds.offers import offers
from marketry_catalog.feeds.writing import as_tsv, as_xml

FRESH = 15 * 60.0  # seconds
_writing = threading.Lock()


def feed_file(ctx: Context, form: str) -> Path:
    """The file of this language, currency and form (`xml` or `tsv`), at most FRESH old."""
    path = Path(ctx.site.var_dir) / "feeds" / f"products-{ctx.locale}-{ctx.currency}.{form}"
    if not _fresh(path):
        with _writing:  # several processes may write at once; each replaces the file whole
            if not _fresh(path):
                _write(path, (as_xml if form == "xml" else as_tsv)(ctx, offers(ctx)))
    return path


def etag_of(path: Path) -> str:
    """Changes with every writing."""
    stat = path.stat()
    return f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'


def _fresh(path: Path) -> bool:
    try:
        return 0 <= time.time() - path.stat().st_mtime < FRESH
    except FileNotFoundError:
        return False


def _write(path: Path, pieces: Iterator[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=path.parent, suffix=".partial")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            for piece in pieces:
                file.write(piece)
        os.replace(partial, path)
    except BaseException:
        os.unlink(partial)
        raise
