"""Printing: results to stdout (tables for people, JSON for programs), everything else to stderr."""

import json
import sys
from collections.abc import Sequence
from typing import Any


def tell(text: str) -> None:
    """A result, to stdout."""
    sys.stdout.write(f"{text}\n")


def complain(text: str) -> None:
    """An error, to stderr."""
    sys.stderr.write(f"error: {text}\n")


def tell_json(value: Any) -> None:
    tell(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def tell_table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Columns as wide as their widest cell; no frame, so that other tools can cut it."""
    cells = [[str(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(heads))]
    for row in cells:
        tell("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
