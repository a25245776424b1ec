"""scenes.csv: pictures that belong to no single product."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from marketry_catalog.importing.cells import LOCALE, Cells
from marketry_catalog.importing.kind import Kind, Outcome
from marketry_catalog.importing.stored import PictureFile, same, store_picture
from marketry_catalog.models.pictures import scene


@dataclass(slots=True)
class SceneRow:
    key: str
    given: dict[str, Any]
    stored: PictureFile | None = None


class Scenes(Kind):
    name = "scenes"
    columns = {"file": True, "kind": True, "width": False, "height": False, "colour": False}
    patterns = (rf"(alt)_({LOCALE})",)

    def parse(self, cells: Cells) -> SceneRow:
        given = {
            "kind": cells.required("kind", 20),
            "alt": cells.translated("alt", self.header.locales("alt"), 500) or {},
            "colour": cells.text("colour", 7) or "",
        }
        return SceneRow(cells.required("file", 200), given)

    def prepare(self, rows: Sequence[tuple[Cells, SceneRow]]) -> None:
        with self.ctx.reading() as session:
            known = {r.file: r.digest for r in session.execute(select(scene.c.file, scene.c.digest))}
        for cells, row in rows:
            row.stored = store_picture(self.run, cells, "file", row.key, known.get(row.key, ""))

    def check(self, rows: Sequence[tuple[Cells, SceneRow]]) -> None:
        """A scene refers to nothing."""

    def write(self, rows: Sequence[tuple[Cells, SceneRow]]) -> Outcome:
        session, outcome = self.ctx.session, Outcome()
        known = {r.file: r for r in session.execute(select(scene))}
        for _, row in rows:
            old = known.get(row.key)
            values = {**row.given, **(row.stored.columns() if row.stored else {})}
            if old is None:
                session.execute(insert(scene), {"file": row.key, **values})
                outcome.created += 1
            elif not same(old, values):
                session.execute(update(scene).where(scene.c.id == old.id), values)
                outcome.updated += 1
        return outcome
