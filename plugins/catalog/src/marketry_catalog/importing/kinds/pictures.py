"""pictures.csv: files beside it, position 1 the main picture of its product."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from marketry_catalog.importing.cells import LOCALE, Cells
from marketry_catalog.importing.kind import Kind, Outcome
from marketry_catalog.importing.stored import PictureFile, same, store_picture
from marketry_catalog.models.pictures import picture
from marketry_catalog.models.products import product
from marketry_catalog.saving.pictures import renumber

_STORED = (
    select(picture, product.c.handle)
    .join(product, product.c.id == picture.c.product_id)
    .where(product.c.handle.in_(bindparam("handles", expanding=True)))
)
_PRODUCTS = select(product.c.handle, product.c.id).where(product.c.handle.in_(bindparam("handles", expanding=True)))


@dataclass(slots=True)
class PictureRow:
    product: str
    file: str
    position: int
    given: dict[str, Any]
    stored: PictureFile | None = None

    @property
    def key(self) -> tuple[str, str]:
        return (self.product, self.file)


class Pictures(Kind):
    name = "pictures"
    columns = {"product": True, "file": True, "position": True, "width": False, "height": False, "colour": False}
    patterns = (rf"(alt)_({LOCALE})",)

    def parse(self, cells: Cells) -> PictureRow:
        position = cells.integer("position")
        if position is None or position < 1:
            cells.wrong("position", "must be a number from 1")
        given = {"alt": cells.translated("alt", self.header.locales("alt"), 500) or {}, "colour": cells.text("colour", 7) or ""}
        return PictureRow(cells.required("product"), cells.required("file", 200), position or 1, given)

    def prepare(self, rows: Sequence[tuple[Cells, PictureRow]]) -> None:
        with self.ctx.reading():
            known = self._stored(rows)
        for cells, row in rows:
            digest = known[row.key].digest if row.key in known else ""
            row.stored = store_picture(self.run, cells, "file", row.file, digest)

    def check(self, rows: Sequence[tuple[Cells, PictureRow]]) -> None:
        known = self._products(rows).keys() | self.run.would_have("products")
        for cells, row in rows:
            if row.product not in known:
                cells.wrong("product", f"there is no product {row.product!r}")

    def write(self, rows: Sequence[tuple[Cells, PictureRow]]) -> Outcome:
        session, outcome, stored = self.ctx.session, Outcome(), self._stored(rows)
        products = self._products(rows)
        places: dict[int, dict[str, int]] = {}
        fresh = []
        for _, row in rows:
            old = stored.get(row.key)
            values = {**row.given, **(row.stored.columns() if row.stored else {})}
            if old is None:
                fresh.append({"product_id": products[row.product], "file": row.file, **values})
            elif not same(old, {**values, "position": row.position}):
                session.execute(update(picture).where(picture.c.id == old.id), values)
                outcome.updated += 1
            if old is None or old.position != row.position:
                places.setdefault(products[row.product], {})[row.file] = row.position
        if fresh:
            # Provisional places below zero: the real ones are given all at once.
            session.execute(insert(picture), [{**values, "position": -1_000_000 - i} for i, values in enumerate(fresh)])
            outcome.created = len(fresh)
        for of, wanted in places.items():
            renumber(session, of, wanted)
        return outcome

    def remember(self, rows: Sequence[PictureRow]) -> None:
        self.run.would_have(self.name).update(f"{row.product} {row.file}" for row in rows)

    def _stored(self, rows: Sequence[tuple[Cells, PictureRow]]) -> dict[tuple[str, str], Any]:
        handles = sorted({row.product for _, row in rows})
        return {(r.handle, r.file): r for r in self.ctx.session.execute(_STORED, {"handles": handles})}

    def _products(self, rows: Sequence[tuple[Cells, PictureRow]]) -> dict[str, int]:
        handles = sorted({row.product for _, row in rows})
        return {r.handle: r.id for r in self.ctx.session.execute(_PRODUCTS, {"handles": handles})}
