"""One row's cells, parsed; every wrong one is noted with its column and reason, and the row goes on being read."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from marketry_catalog.domain.slugs import is_slug
from marketry_catalog.importing.report import RowError

LOCALE = r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*"
_INTEGER = re.compile(r"\d{1,15}\Z")
TRUE, FALSE = {"true", "yes", "1"}, {"false", "no", "0"}


@dataclass(slots=True)
class Cells:
    """`number` is the row's number in the file. A column that the file doesn't have gives None: it is left as it is."""

    file: str
    number: int
    values: Mapping[str, str]
    errors: list[RowError] = field(default_factory=list)

    def wrong(self, column: str, reason: str) -> None:
        self.errors.append(RowError(self.file, self.number, column, reason))

    def has(self, column: str) -> bool:
        return column in self.values

    def text(self, column: str, longest: int = 10_000) -> str | None:
        value = self.values.get(column)
        if value is None:
            return None
        value = value.strip()
        if len(value) > longest:
            self.wrong(column, f"is longer than {longest} characters")
        if "\0" in value:
            self.wrong(column, "contains a NUL character")
        return value

    def required(self, column: str, longest: int = 120) -> str:
        value = self.text(column, longest)
        if not value:
            self.wrong(column, "is empty")
        return value or ""

    def handle(self, column: str) -> str:
        value = self.required(column)
        if value and not is_slug(value):
            self.wrong(column, f"{value!r} is no handle: lower-case letters and digits, joined by hyphens")
        return value

    def words(self, column: str) -> list[str] | None:
        """A list separated by blanks, without repetitions."""
        value = self.text(column)
        return None if value is None else list(dict.fromkeys(value.split()))

    def integer(self, column: str) -> int | None:
        """A whole number from 0, in plain digits; None where the cell is empty or missing."""
        value = self.text(column)
        if not value:
            return None
        if not _INTEGER.match(value):
            self.wrong(column, f"{value!r} is no whole number")
            return None
        return int(value)

    def boolean(self, column: str) -> bool | None:
        value = self.text(column)
        if not value:
            return None
        if value.lower() not in TRUE | FALSE:
            self.wrong(column, f"{value!r} is neither true nor false")
        return value.lower() in TRUE

    def moment(self, column: str) -> datetime | None:
        """ISO 8601; without an offset it is UTC."""
        value = self.text(column)
        if not value:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.wrong(column, f"{value!r} is no ISO 8601 date and time")
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def translated(self, prefix: str, locales: Iterable[str], longest: int = 10_000) -> dict[str, str] | None:
        """`{locale: text}` of the columns `prefix_<locale>`; None where the file has none of them."""
        found = {locale: self.text(f"{prefix}_{locale}", longest) for locale in locales if self.has(f"{prefix}_{locale}")}
        return {locale: text for locale, text in found.items() if text} if found else None
