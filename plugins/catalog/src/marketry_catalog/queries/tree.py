"""The category tree, read once per context."""

from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import and_, func, select

from marketry import Context
from marketry.database import in_locale
from marketry_catalog.domain.tree import Node, Tree
from marketry_catalog.models.categories import category, category_path
from marketry_catalog.queries.visible import DEFAULT_LOCALE, LOCALE

_own, _default = category_path.alias("own_path"), category_path.alias("default_path")


def _current(path: Any, locale: Any) -> Any:
    return and_(path.c.category_id == category.c.id, path.c.locale == locale, path.c.current)


_NODES = (
    select(
        category.c.id, category.c.handle, category.c.parent_id, category.c.position, category.c.name, category.c.published,
        func.coalesce(_own.c.path, _default.c.path, category.c.handle).label("path"),
    )
    .outerjoin(_own, _current(_own, LOCALE))
    .outerjoin(_default, _current(_default, DEFAULT_LOCALE))
)
_trees: WeakKeyDictionary[Context, Tree] = WeakKeyDictionary()


def tree_of(ctx: Context) -> Tree:
    """All categories in `ctx.locale`; the page, its navigation and its breadcrumbs share one query."""
    found = _trees.get(ctx)
    if found is None:
        with ctx.reading() as session:
            found = _trees[ctx] = _read(ctx, session)
    return found


def _read(ctx: Context, session: Any) -> Tree:
    fallback = ctx.site.locales[0]
    rows = session.execute(_NODES, {"locale": ctx.locale, "default_locale": fallback})
    return Tree(
        Node(r.id, r.handle, r.parent_id, r.position, in_locale(r.name, ctx.locale, fallback), r.path, r.published) for r in rows
    )
