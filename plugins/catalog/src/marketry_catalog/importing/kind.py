"""What every kind of file does with its rows."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from marketry import Context
from marketry_catalog.importing.cells import Cells
from marketry_catalog.importing.reading import Header, as_people_write


@dataclass(slots=True)
class Run:
    """One import: where its files lie and how it goes about.

    `own_pictures` are kept as they are. `seen` holds keys that a dry run would have created.
    """

    ctx: Context
    folder: Path
    dry_run: bool
    keep_stock: bool
    own_pictures: bool = False
    changed: bool = False
    seen: dict[str, set[str]] = field(default_factory=dict)

    def would_have(self, kind: str) -> set[str]:
        return self.seen.setdefault(kind, set())


@dataclass(slots=True)
class Outcome:
    created: int = 0
    updated: int = 0


class Kind(ABC):
    """`parse` is pure, `check` reads, `write` writes; a batch passes them in this order, rows with errors drop out.

    `columns` maps the fixed columns to whether they must be there, `patterns` are the others'.
    """

    name: ClassVar[str]
    columns: ClassVar[Mapping[str, bool]]
    patterns: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def shown_patterns(cls) -> list[str]:
        """The patterns as people write them, for help texts."""
        return [as_people_write(pattern) for pattern in cls.patterns]

    def __init__(self, run: Run, header: Header) -> None:
        self.run, self.header = run, header

    @property
    def ctx(self) -> Context:
        return self.run.ctx

    @abstractmethod
    def parse(self, cells: Cells) -> Any:
        """The row's value; what is wrong is noted in `cells`."""

    def prepare(  # noqa: B027 - most kinds have nothing slow
        self, rows: Sequence[tuple[Cells, Any]]
    ) -> None:
        """Slow work before the transaction (reading pictures); nothing by default."""

    @abstractmethod
    def check(self, rows: Sequence[tuple[Cells, Any]]) -> None:
        """Note what doesn't fit what is there. Called inside a unit of work."""

    @abstractmethod
    def write(self, rows: Sequence[tuple[Cells, Any]]) -> Outcome:
        """Write the rows without errors. Called inside a transaction."""

    def remember(self, rows: Sequence[Any]) -> None:
        """Of a dry run: what these rows would have created."""
        self.run.would_have(self.name).update(row.key for row in rows)
