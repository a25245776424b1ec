"""The command line: `marketry [--site DIR] COMMAND`. One module per group of commands; plugins add groups of their own."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 refused or failed, 2 wrong usage."""
    from marketry.cli.application import run
    from marketry.cli.site_option import without_site

    given, site = without_site(sys.argv[1:] if arguments is None else arguments)
    if site:
        os.environ["MARKETRY_SITE"] = str(Path(site).resolve())
    return run(given)
