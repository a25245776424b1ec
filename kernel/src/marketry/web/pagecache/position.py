"""How far into the purges something has read: which of them it saw, exactly, also while transactions overlap."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Position:
    """A snapshot over numbered transactions: those below `floor` are seen, those from `next` on are not, and between them those
    that were not `open`. (On SQLite one writes at a time: `floor` is `next`.)"""

    floor: int
    next: int
    open: frozenset[int] = frozenset()

    def sees(self, number: int) -> bool:
        return number < self.floor or (number < self.next and number not in self.open)

    def reaches(self, other: "Position") -> bool:
        """Whether this was surely read no earlier than `other`."""
        return self.floor >= other.floor and self.next >= other.next


START = Position(0, 0)
