"""The category tree."""

from typing import Any

from sqlalchemy import and_, func, select

from marketry import Context
from marketry.database import in_locale
from marketry_catalog.domain.tree import Node, Tree
from marketry_catalog.models.categories import category, category_path
from marketry_catalog.queries.recent import recent
from marketry_catalog.queries.visible import DEFAULT_LOCALE, LOCALE

_own, _default = category_path.alias("own_path"), category_path.alias("default_path")


def _current(path: Any, locale: Any) -> Any:
    return and_(path.c.category_id == category.c.id, path.c.locale == locale, path.c.current)


_NODES = (
    select(
        category.c.id,
        category.c.handle,
        category.c.parent_id,
        category.c.position,
        category.c.name,
        category.c.published,
        func.coalesce(_own.c.path, _default.c.path, category.c.handle).label("path"),
    )
    .outerjoin(_own, _current(_own, LOCALE))
    .outerjoin(_default, _current(_default, DEFAULT_LOCALE))
)


def tree_of(ctx: Context) -> Tree:
    """All categories in `ctx.locale`, shared by the page, its navigation and its breadcrumbs."""
    ctx.tag("categories")
    return recent(ctx, ("tree", ctx.locale), lambda: _read(ctx))


def _read(ctx: Context) -> Tree:
    fallback = ctx.site.locales[0]
    with ctx.reading() as session:
        rows = session.execute(_NODES, {"locale": ctx.locale, "default_locale": fallback}).all()
    return Tree(
        Node(r.id, r.handle, r.parent_id, r.position, in_locale(r.name, ctx.locale, fallback), r.path, r.published) for r in rows
    )
