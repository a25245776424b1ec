"""`--site DIR` may stand anywhere on the command line."""

import os
from collections.abc import Sequence
from pathlib import Path


def without_site(arguments: Sequence[str]) -> tuple[list[str], str | None]:
    """The arguments without `--site DIR` (or `--site=DIR`), and DIR. What follows `--` is left alone."""
    rest: list[str] = []
    site: str | None = None
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest.extend([argument, *waiting])
        elif argument == "--site":
            site = next(waiting, None)
        elif argument.startswith("--site="):
            site = argument.removeprefix("--site=")
        else:
            rest.append(argument)
    return rest, site


def site_dir() -> Path:
    """The site's folder: `--site`, else MARKETRY_SITE, else the current folder."""
    return Path(os.environ.get("MARKETRY_SITE") or ".").resolve()
