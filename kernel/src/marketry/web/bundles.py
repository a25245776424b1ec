"""Stylesheets kept one per block and sent as one: `static/x/x.css.list` names the parts of `x/x.css`.

Comments and blanks between rules are left out of what is sent.

A part is a logical name (`atelier/button.css`), so a child theme or a site replaces one by a file of the same name.
"""

import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

LIST = ".css.list"
_COMMENT = re.compile(rb"/\*.*?\*/", re.DOTALL)
_BLANKS = re.compile(rb"\s*([{};])\s*")


def names(listing: Path) -> list[str]:
    """The parts named in a list: one a line, `#` begins a comment."""
    lines = (line.partition("#")[0].strip() for line in listing.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def join(listing: Path, find: Callable[[str], Path | None], target: Path) -> None:
    """Write the parts of `listing` into `target`, whole or not at all; FileNotFoundError names a missing part."""
    joined = b"\n".join(_part(name, listing, find) for name in names(listing))
    if target.is_file() and target.read_bytes() == joined:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}")  # several processes may start at once
    partial.write_bytes(joined)
    os.replace(partial, target)


def _part(name: str, listing: Path, find: Callable[[str], Path | None]) -> bytes:
    path = find(name)
    if path is None:
        raise FileNotFoundError(f"{listing} names {name!r}, which is in no layer's static folder")
    return _BLANKS.sub(rb"\1", _COMMENT.sub(b"", path.read_bytes())).strip()
