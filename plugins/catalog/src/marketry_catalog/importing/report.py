"""What an import did and what was wrong."""

from collections.abc import Iterable
from dataclasses import dataclass, field

MOST_ERRORS = 1_000


@dataclass(frozen=True, slots=True)
class RowError:
    """`row` as a spreadsheet counts them: the header is row 1. `column` empty: the row as a whole."""

    file: str
    row: int
    column: str
    reason: str


@dataclass(slots=True)
class Count:
    """Rows of one file."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0

    @property
    def rows(self) -> int:
        return self.created + self.updated + self.unchanged + self.failed


@dataclass(slots=True)
class Report:
    """Counts per file and the first MOST_ERRORS errors; `error_count` counts them all."""

    dry_run: bool = False
    counts: dict[str, Count] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)
    error_count: int = 0

    def count(self, file: str) -> Count:
        return self.counts.setdefault(file, Count())

    def wrong(self, errors: Iterable[RowError]) -> None:
        """Keep the errors of one row, which counts as failed once."""
        rows = set()
        for error in errors:
            rows.add((error.file, error.row))
            self.error_count += 1
            if len(self.errors) < MOST_ERRORS:
                self.errors.append(error)
        for file, _ in rows:
            self.count(file).failed += 1

    @property
    def rows(self) -> int:
        return sum(count.rows for count in self.counts.values())
