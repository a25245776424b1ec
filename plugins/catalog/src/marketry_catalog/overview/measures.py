"""Orders of products: by what they are measured by (a price, a width, a name), and ranges of it as sets."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from heapq import nlargest, nsmallest
from itertools import islice
from typing import Any

from marketry_catalog.overview.bits import as_row, bits_of, members

SPARSE = 16  # one product of so many: then what is wanted is sorted, else the order is walked
# Steps of a scale that people like to read: 10, 15, 20, 25, 30, 40, 50, 60, 80, 100 …
_STEPS = (10, 15, 20, 25, 30, 40, 50, 60, 80)
SCALE = tuple(step * 10**power for power in range(12) for step in _STEPS)
MOST_KEPT = 200
BLOCKS = 128


class Measure:
    """Ordinals in the order of (key, ordinal); those without a key (None) stand in none. Never changed: `changed` makes
    another."""

    def __init__(self, keys: list[Any], order: list[int]) -> None:
        self.keys = keys
        self.order = order
        self._ranges: dict[tuple[Any, Any], int] = {}
        self._scales: dict[int, list[tuple[int, int]]] = {}

    @classmethod
    def of(cls, keys: list[Any]) -> "Measure":
        # Sorting is stable, so equal keys stay in the order of their ordinals.
        return cls(keys, sorted((o for o, key in enumerate(keys) if key is not None), key=keys.__getitem__))

    def changed(self, news: Mapping[int, Any], size: int) -> "Measure":
        """With other keys for some ordinals, `size` of them in all."""
        keys = [*self.keys, *([None] * (size - len(self.keys)))]
        if all(keys[o] == key for o, key in news.items()) and len(keys) == len(self.keys):
            return self
        if len(news) > 1_000:
            for o, key in news.items():
                keys[o] = key
            return Measure.of(keys)
        order = list(self.order)
        for o in news:
            if keys[o] is not None:
                del order[bisect_left(order, (keys[o], o), key=lambda x: (keys[x], x))]
            keys[o] = None
        for o, key in news.items():
            if key is not None:
                keys[o] = key
                order.insert(bisect_left(order, (key, o), key=lambda x: (keys[x], x)), o)
        return Measure(keys, order)

    @cached_property
    def all(self) -> int:
        return bits_of(self.order, len(self.keys))

    def between(self, least: Any, most: Any) -> int:
        """Those with a key in [`least`, `most`]; None leaves an end open."""
        known = self._ranges.get((least, most))
        if known is None:
            key = self.keys.__getitem__
            start = 0 if least is None else bisect_left(self.order, least, key=key)
            stop = len(self.order) if most is None else bisect_right(self.order, most, key=key)
            known = bits_of(islice(self.order, start, max(start, stop)), len(self.keys))
            if len(self._ranges) >= MOST_KEPT:
                self._ranges = {}
            self._ranges[least, most] = known
        return known

    def walk(self, wanted: int, limit: int, *, down: bool = False, after: tuple[Any, int] | None = None) -> list[int]:
        """The first `limit` ordinals of `wanted` behind `after` (key, ordinal), downwards if so asked."""
        if wanted.bit_count() * SPARSE < len(self.order):
            return self._sorted(wanted, limit, down, after)
        row = as_row(wanted, len(self.keys))
        found = []
        for o in self._behind(down, after) if after is not None else self._from_first(wanted, down):
            if row[o >> 3] >> (o & 7) & 1:
                found.append(o)
                if len(found) == limit:
                    break
        return found

    def _sorted(self, wanted: int, limit: int, down: bool, after: tuple[Any, int] | None) -> list[int]:
        keys = self.keys
        pairs: Iterable[tuple[Any, int]] = ((keys[o], o) for o in members(wanted, len(keys)) if keys[o] is not None)
        if after is not None:
            pairs = (p for p in pairs if (p < after if down else p > after))
        return [o for _, o in (nlargest(limit, pairs) if down else nsmallest(limit, pairs))]

    def _from_first(self, wanted: int, down: bool) -> Iterable[int]:
        """The order from the block that has the first of `wanted`: of all prices, those from 50 to 60 need no walk from 1."""
        if down:
            inside = wanted & self.all
            block = bisect_left(self._blocks, True, key=lambda b: not inside & ~b[1])
            stop = self._blocks[block][0] if block < len(self._blocks) else len(self.order)
            return (self.order[i] for i in range(stop - 1, -1, -1))
        block = bisect_left(self._blocks, True, key=lambda b: bool(b[1] & wanted))
        start = self._blocks[block - 1][0] if block else 0
        return (self.order[i] for i in range(start, len(self.order)))

    @cached_property
    def _blocks(self) -> Sequence[tuple[int, int]]:
        """Places that part the order into BLOCKS, with the set of what stands before each."""
        row, start, found = bytearray(len(self.keys) // 8 + 1), 0, []
        for place in sorted({len(self.order) * n // BLOCKS for n in range(1, BLOCKS)}):
            for o in self.order[start:place]:
                row[o >> 3] |= 1 << (o & 7)
            start = place
            found.append((place, int.from_bytes(row, "little")))
        return found

    def _behind(self, down: bool, after: tuple[Any, int]) -> Iterable[int]:
        def place(o: int) -> tuple[Any, int]:
            return self.keys[o], o

        if down:
            return (self.order[i] for i in range(bisect_left(self.order, after, key=place) - 1, -1, -1))
        return (self.order[i] for i in range(bisect_right(self.order, after, key=place), len(self.order)))

    def edges(self, within: int, parts: int, unit: int) -> Sequence[int]:
        """Steps of the scale (times `unit`) that part `within` into at most `parts` of about the same size; none where there is
        nothing to part."""
        total = (within & self.all).bit_count()
        if total < 2:
            return ()
        chosen: list[int] = []
        passed = 0
        for step, below in self._below(unit):
            count = (below & within).bit_count()
            if 0 < count < total and count - passed >= total / parts and len(chosen) < parts - 1:
                chosen.append(step)
                passed = count
        return chosen

    def _below(self, unit: int) -> Sequence[tuple[int, int]]:
        """Steps of the scale with the set of what lies below each; made in one go."""
        if unit not in self._scales:
            first, last = self.keys[self.order[0]], self.keys[self.order[-1]]
            steps = sorted({step * unit // 10 for step in SCALE if first < step * unit // 10 <= last})
            row, start, found = bytearray(len(self.keys) // 8 + 1), 0, []
            for step in steps:
                stop = bisect_left(self.order, step, key=self.keys.__getitem__)
                for o in self.order[start:stop]:
                    row[o >> 3] |= 1 << (o & 7)
                start = stop
                found.append((step, int.from_bytes(row, "little")))
            self._scales[unit] = found
        return self._scales[unit]
