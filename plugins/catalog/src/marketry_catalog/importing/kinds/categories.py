"""categories.csv"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from marketry_catalog.domain.slugs import is_slug
from marketry_catalog.domain.tree import ancestors
from marketry_catalog.importing.cells import LOCALE, Cells
from marketry_catalog.importing.kind import Kind, Outcome
from marketry_catalog.importing.reading import BadFile
from marketry_catalog.importing.stored import PictureFile, same, store_picture
from marketry_catalog.models.categories import category
from marketry_catalog.models.pictures import scene
from marketry_catalog.saving.paths import PathTaken, renew_paths
from marketry_catalog.saving.placement import replace_all


@dataclass(slots=True)
class CategoryRow:
    key: str
    parent: str | None
    given: dict[str, Any]
    picture: str | None
    stored: PictureFile | None = None


class Categories(Kind):
    name = "categories"
    columns = {"handle": True, "parent": False, "position": False, "picture": False}
    patterns = (rf"(name|description|slug)_({LOCALE})",)

    def parse(self, cells: Cells) -> CategoryRow:
        given: dict[str, Any] = {
            "position": cells.integer("position"),
            **{p: cells.translated(p, self.header.locales(p)) for p in ("name", "description", "slug")},
        }
        for locale, slug in (given["slug"] or {}).items():
            if not is_slug(slug):
                cells.wrong(f"slug_{locale}", f"{slug!r} can't stand in an address")
        return CategoryRow(
            cells.handle("handle"),
            cells.text("parent"),
            {k: v for k, v in given.items() if v is not None},
            cells.text("picture", 200) or None,
        )

    def prepare(self, rows: Sequence[tuple[Cells, CategoryRow]]) -> None:
        with self.ctx.reading() as session:
            known = {r.handle: r.picture_digest for r in session.execute(select(category.c.handle, category.c.picture_digest))}
        for cells, row in rows:
            if row.picture:
                row.stored = store_picture(self.run, cells, "picture", row.picture, known.get(row.key, ""))

    def check(self, rows: Sequence[tuple[Cells, CategoryRow]]) -> None:
        known = set(self.ctx.session.execute(select(category.c.handle)).scalars())
        known |= self.run.would_have(self.name)
        here = {row.key for _, row in rows}
        for cells, row in rows:
            if row.parent and row.parent not in known | here:
                cells.wrong("parent", f"there is no category {row.parent!r}")
            if row.key not in known and not row.given.get("name"):
                cells.wrong("name", "a new category needs a name")

    def write(self, rows: Sequence[tuple[Cells, CategoryRow]]) -> Outcome:
        session, outcome = self.ctx.session, Outcome()
        stored = {r.handle: r for r in session.execute(select(category))}
        fresh = [{"handle": row.key, **_defaults(), **row.given} for _, row in rows if row.key not in stored]
        if fresh:
            session.execute(insert(category), fresh)
            outcome.created = len(fresh)
        now = {r.handle: r for r in session.execute(select(category))}
        moved = False
        for cells, row in rows:
            values = self._values(row, now)
            if "parent_id" in values and _circle(now, now[row.key].id, values["parent_id"]):
                cells.wrong("parent", "a category can't stand below itself")
            elif not same(now[row.key], values):
                moved = moved or values.get("parent_id", now[row.key].parent_id) != now[row.key].parent_id
                session.execute(update(category).where(category.c.id == bindparam("row")), {"row": now[row.key].id, **values})
                outcome.updated += row.key in stored
        if outcome.created or outcome.updated:
            self._renew(rows, moved)
        return outcome

    def _renew(self, rows: Sequence[tuple[Cells, CategoryRow]], moved: bool) -> None:
        try:
            renew_paths(self.ctx.session, self.ctx.site.locales)
        except PathTaken as error:
            cells, _ = rows[0]
            raise BadFile(cells.file, f"two categories would have the path {error.path!r}") from None
        if moved:
            replace_all(self.ctx.session)

    def _values(self, row: CategoryRow, now: dict[str, Any]) -> dict[str, Any]:
        old = now[row.key]
        values = {k: {**getattr(old, k), **v} if isinstance(v, dict) else v for k, v in row.given.items()}
        if row.parent is not None:
            values["parent_id"] = now[row.parent].id if row.parent else None
        if row.stored is not None and row.stored.media:
            values |= {
                "picture": row.stored.media,
                "picture_width": row.stored.width,
                "picture_height": row.stored.height,
                "picture_digest": row.stored.digest,
            }
        if row.picture:
            alt = self.ctx.session.execute(select(scene.c.alt).where(scene.c.file == row.picture)).scalar()
            values |= {"picture_alt": alt} if alt else {}
        return values


def _defaults() -> dict[str, Any]:
    return {
        "position": 1,
        "name": {},
        "description": {},
        "slug": {},
        "published": True,
        "picture_alt": {},
        "picture_digest": "",
    }


def _circle(now: dict[str, Any], of: int, parent: int | None) -> bool:
    parents = {r.id: r.parent_id for r in now.values()} | {of: parent}
    try:
        return any(False for _ in ancestors(of, parents))
    except ValueError:
        return True
