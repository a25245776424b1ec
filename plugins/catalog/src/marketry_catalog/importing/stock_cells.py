"""The columns stock_<location>: units counted there. A difference to what is known is written as a movement."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from marketry.commerce.events import StockChanged
from marketry_catalog.importing.cells import Cells
from marketry_catalog.importing.kind import Run
from marketry_catalog.importing.reading import Header
from marketry_catalog.models.stock import location, stock_level
from marketry_catalog.stock.levels import Change, Place, logged

_LEVELS = (
    select(stock_level)
    .where(stock_level.c.variant_id.in_(bindparam("variants", expanding=True)))
    .order_by(stock_level.c.variant_id, stock_level.c.location_id)
)
_LOCKED = _LEVELS.with_for_update()
_COUNT = (
    update(stock_level)
    .where(stock_level.c.variant_id == bindparam("of"), stock_level.c.location_id == bindparam("at"))
    .values(on_hand=bindparam("counted"))
)


class StockCells:
    """A location that a column names for the first time is opened, in the order of the columns."""

    def __init__(self, run: Run, header: Header) -> None:
        self.run = run
        self.codes = [match[1] for match in header.matching(r"stock_([a-z0-9-]+)")]
        self._locations: dict[str, int] = {}

    def parse(self, cells: Cells) -> dict[str, int]:
        """Location → units; an empty cell leaves the location as it is."""
        counted = {code: cells.integer(f"stock_{code}") for code in self.codes}
        for code, n in counted.items():
            if n is not None and n > 2**31 - 1:
                cells.wrong(f"stock_{code}", "is more than can be counted")
        return {code: n for code, n in counted.items() if n is not None}

    def check(self, rows: Sequence[tuple[Cells, Any]], ids: Mapping[str, int]) -> None:
        """Fewer units than are promised to orders."""
        if not self.codes or not ids or self.run.keep_stock:
            return
        levels, codes = self._levels(ids), self._codes()
        for cells, row in rows:
            for code, n in row.stock.items():
                level = levels.get((ids.get(row.key, 0), codes.get(code, 0)))
                if level is not None and n < level.allocated:
                    cells.wrong(f"stock_{code}", f"{level.allocated} units are promised to orders")

    def save(self, rows: Sequence[tuple[Cells, Any]], ids: Mapping[str, int]) -> set[int]:
        """Write the levels and their movements; returns the variants where something differed."""
        if not self.codes:
            return set()
        codes, levels = self._open(), self._levels(ids)
        fresh, counted, changes = [], [], []
        for _, row in rows:
            of = ids[row.key]
            for code, n in row.stock.items():
                at, level = codes[code], levels.get((of, codes[code]))
                if level is None:
                    fresh.append({"variant_id": of, "location_id": at, "on_hand": n, "allocated": 0})
                elif level.on_hand != n and not self.run.keep_stock:
                    counted.append({"of": of, "at": at, "counted": n})
                else:
                    continue
                before, allocated = (level.on_hand, level.allocated) if level else (0, 0)
                changes.append((Change(Place(of, at, row.key, code), on_hand=n - before), n, allocated))
        self._write(fresh, counted)
        logged(self.run.ctx, "import", [change for change, _, _ in changes if change.on_hand])
        for change, n, allocated in changes:
            self.run.ctx.publish(
                StockChanged(
                    at=self.run.ctx.now(),
                    stock_key=change.place.sku,
                    location=change.place.location,
                    on_hand=n,
                    allocated=allocated,
                )
            )
        return {change.place.variant_id for change, _, _ in changes}

    def _write(self, fresh: list[dict[str, int]], counted: list[dict[str, int]]) -> None:
        session: Session = self.run.ctx.session
        if fresh:
            session.execute(insert(stock_level), fresh)
        if counted:
            session.connection().execute(_COUNT, counted)

    def _open(self) -> dict[str, int]:
        codes = self._codes()
        missing = [code for code in self.codes if code not in codes]
        if missing:
            self.run.ctx.session.execute(
                insert(location),
                [
                    {"code": code, "name": code.replace("-", " ").capitalize(), "priority": 10 * (len(codes) + i), "active": True}
                    for i, code in enumerate(missing, 1)
                ],
            )
            codes = self._codes()
        return codes

    def _codes(self) -> dict[str, int]:
        return {r.code: r.id for r in self.run.ctx.session.execute(select(location.c.code, location.c.id))}

    def _levels(self, ids: Mapping[str, int]) -> dict[tuple[int, int], Any]:
        statement = _LOCKED if self.run.ctx.in_transaction else _LEVELS
        rows = self.run.ctx.session.execute(statement, {"variants": sorted(ids.values())})
        return {(r.variant_id, r.location_id): r for r in rows}
