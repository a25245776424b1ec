"""Paths of categories: their slugs from the top, per locale; former paths lead on."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from marketry_catalog.domain.tree import ancestors
from marketry_catalog.models.categories import category, category_path
from marketry_catalog.queries.recent import changed
from marketry_catalog.saving.rows import upsert

_RETIRE = (
    update(category_path)
    .where(
        category_path.c.category_id == bindparam("of"),
        category_path.c.locale == bindparam("in_locale"),
        category_path.c.path != bindparam("unlike"),
        category_path.c.current,
    )
    .values(current=False)
)


class PathTaken(Exception):
    """Two categories would have one path."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def renew_paths(session: Session, locales: Sequence[str]) -> None:
    """Recompute the paths of all categories; PathTaken where two are the same, ValueError where the tree is a circle."""
    changed(session)
    rows = {r.id: r for r in session.execute(select(category.c.id, category.c.parent_id, category.c.handle, category.c.slug))}
    wanted = {(locale, i): _path(rows, i, locale) for i in rows for locale in locales}
    owner: dict[tuple[str, str], int] = {}
    for (locale, i), path in wanted.items():
        if owner.setdefault((locale, path), i) != i:
            raise PathTaken(path)
    current = {(r.locale, r.category_id): r.path for r in session.execute(select(category_path).where(category_path.c.current))}
    moved = [
        {"locale": locale, "path": path, "category_id": i, "current": True}
        for (locale, i), path in wanted.items()
        if current.get((locale, i)) != path
    ]
    if moved:
        # All at once: two categories may swap their paths.
        session.connection().execute(
            _RETIRE, [{"of": r["category_id"], "in_locale": r["locale"], "unlike": r["path"]} for r in moved]
        )
        upsert(session, category_path, moved)


def _path(rows: Mapping[int, Any], of: int, locale: str) -> str:
    parents = {i: r.parent_id for i, r in rows.items()}
    trail = [of, *ancestors(of, parents)][::-1]
    return "/".join(rows[i].slug.get(locale) or rows[i].handle for i in trail)
