"""Opening a file: its header decides what it is, its rows are streamed."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marketry_catalog.importing.cells import LOCALE, Cells

csv.field_size_limit(1_000_000)
_TRANSLATED = re.compile(rf"(.+)_({LOCALE})\Z")


class BadFile(Exception):
    """The file as a whole can't be read; nothing of it was imported."""

    def __init__(self, file: str, reason: str, column: str = "") -> None:
        super().__init__(f"{file}: {reason}")
        self.file, self.reason, self.column = file, reason, column


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a file, and the locales that each translated prefix comes in."""

    columns: tuple[str, ...]

    def matching(self, pattern: str) -> list[re.Match[str]]:
        """Matches of the columns that fit `pattern` whole, in order."""
        expression = re.compile(pattern + r"\Z")
        return [match for column in self.columns if (match := expression.match(column))]

    def locales(self, prefix: str) -> tuple[str, ...]:
        return tuple(m[2] for m in map(_TRANSLATED.match, self.columns) if m and m[1] == prefix)


def read_header(path: Path) -> Header:
    """The first row; BadFile where it isn't UTF-8 CSV, or names a column twice."""
    for names in _records(path):
        columns = tuple(name.strip() for name in names)
        twice = next((c for c in columns if columns.count(c) > 1), None)
        if twice is not None:
            raise BadFile(path.name, f"the column {twice!r} occurs twice", twice)
        return Header(columns)
    raise BadFile(path.name, "is empty")


def read_rows(path: Path, header: Header) -> Iterator[Cells]:
    """Every row below the header; blank lines are skipped but counted."""
    for number, record in enumerate(_records(path), start=1):
        if number == 1 or not any(record):
            continue
        cells = Cells(path.name, number, dict(zip(header.columns, record, strict=False)))
        if len(record) != len(header.columns):
            cells.wrong("", f"has {len(record)} cells where the header has {len(header.columns)}")
        yield cells


def _records(path: Path) -> Iterator[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.reader(file, strict=True)
    except UnicodeDecodeError as error:
        raise BadFile(path.name, f"is not UTF-8 (byte {error.start})") from None
    except csv.Error as error:
        raise BadFile(path.name, f"is no CSV: {error}") from None


def check_columns(path: Path, header: Header, known: Mapping[str, bool], patterns: tuple[str, ...]) -> None:
    """BadFile for a column that nobody knows (a misspelt one would be lost in silence) or one that must be there."""
    for column in header.columns:
        if column not in known and not any(re.fullmatch(p, column) for p in patterns):
            raise BadFile(path.name, f"the column {column!r} is not known; there are {_listed(known, patterns)}", column)
    for column, required in known.items():
        if required and column not in header.columns:
            raise BadFile(path.name, f"the column {column!r} is missing", column)


def _listed(known: Mapping[str, Any], patterns: tuple[str, ...]) -> str:
    return ", ".join([*known, *map(as_people_write, patterns)])


def as_people_write(pattern: str) -> str:
    """`(name|slug)_<locale>` for the expression that matches such columns."""
    plain = pattern.replace(LOCALE, "<locale>").replace("(<locale>)", "<locale>").replace("(_<locale>)?", "[_<locale>]")
    return (
        plain.replace("[a-z]{3}", "<currency>")
        .replace("[a-z0-9_-]+", "<group>")
        .replace("[a-z0-9-]+", "<code>")
        .replace("[1-9]", "<n>")
    )
