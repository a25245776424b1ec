"""Category and search."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import bindparam, func, literal_column, select

from marketry import Context
from marketry.database import in_locale
from marketry.problems import invalid, not_found
from marketry_catalog.domain.tree import Node
from marketry_catalog.models.categories import category, category_path
from marketry_catalog.queries.attributes import chosen_filters, facets
from marketry_catalog.queries.listing import ORDERS, Listing, page_of
from marketry_catalog.queries.tree import tree_of
from marketry_catalog.queries.visible import DEFAULT_LOCALE, LOCALE
from marketry_catalog.search import found_page
from marketry_catalog.settings import CatalogSettings

_every = category_path.alias("every_path")
_BLANK: Any = literal_column("' '")  # as plain text it would be a parameter that SQLAlchemy writes into each statement anew
_paths = (
    select(func.aggregate_strings(_every.c.locale + "=" + _every.c.path, _BLANK))
    .where(_every.c.category_id == category.c.id, _every.c.current)
    .correlate(category)
    .scalar_subquery()
)
_CATEGORY = (
    select(
        _paths.label("paths"),
        category.c.id,
        category.c.handle,
        category.c.name,
        category.c.description,
        category.c.picture,
        category.c.picture_alt,
        category.c.picture_width,
        category.c.picture_height,
    )
    .join(category_path, category_path.c.category_id == category.c.id)
    .where(category_path.c.path == bindparam("path"), category_path.c.locale.in_([LOCALE, DEFAULT_LOCALE]))
    .order_by((category_path.c.locale == LOCALE).desc())
    .limit(1)
)


def category_page(
    ctx: Context, path: str, sort: str, available: bool, cursor: str | None, filters: Sequence[str]
) -> dict[str, Any] | str:
    """The values of the page, or the path to go to where the category has moved. Refuses (404) what isn't shown."""
    locale, fallback = ctx.locale, ctx.site.locales[0]
    row = ctx.session.execute(_CATEGORY, {"path": path, "locale": locale, "default_locale": fallback}).one_or_none()
    tree = tree_of(ctx)
    if row is None or not tree.shown(row.id):
        raise not_found(ctx.gettext("There is no such category. Look through the others, or search."))
    node = tree.by_id[row.id]
    if node.path != path:
        return f"/categories/{node.path}"
    offered = facets(ctx, row.id)
    listing = Listing(_known(ctx, sort), row.id, available, chosen_filters(ctx, offered, filters))
    return {
        "category": row,
        "name": in_locale(row.name, locale, fallback),
        "description": in_locale(row.description, locale, fallback),
        "picture_alt": in_locale(row.picture_alt, locale, fallback),
        "trail": tree.trail(row.id),
        "children": tree.children(row.id),
        "page": page_of(ctx, listing, cursor, ctx.settings(CatalogSettings).page_size),
        "sort": sort,
        "available": available,
        "facets": [(facet, [(f"{facet.code}:{code}", text) for code, text in facet.values]) for facet in offered],
        "filters": list(filters),
        "crumbs": crumbs(ctx, tree.trail(row.id)[:-1]),
        "list_path": f"/categories/{path}",
        "page_url": _address(ctx, f"/categories/{path}", sort=sort, available="true" if available else "", filter=filters),
        "alternates": {
            locale: f"/categories/{its}" for locale, its in (line.split("=", 1) for line in (row.paths or "").split())
        },
    }


def search_page(ctx: Context, q: str, cursor: str | None) -> dict[str, Any]:
    """What is found for `q`; nothing is searched for a blank query."""
    size = ctx.settings(CatalogSettings).page_size
    return {
        "q": q.strip(),
        "page": found_page(ctx, q, cursor, size) if q.strip() else None,
        "page_url": _address(ctx, "/search", q=q.strip()),
    }


def crumbs(ctx: Context, trail: Sequence[Node]) -> list[tuple[str, str]]:
    """(name, address) of categories from the top."""
    return [(node.name, ctx.url(f"/categories/{node.path}")) for node in trail]


def _address(ctx: Context, path: str, **parameters: str | Sequence[str]) -> str:
    """The list as chosen, without its cursor."""
    query = urlencode({name: value for name, value in parameters.items() if value}, doseq=True)
    return ctx.url(path) + (f"?{query}" if query else "")


def category_by_handle(ctx: Context, handle: str) -> int:
    """The id of a shown category; refuses (404) what isn't shown."""
    tree = tree_of(ctx)
    found = next((node.id for node in tree.by_id.values() if node.handle == handle or node.path == handle), None)
    if found is None or not tree.shown(found):
        raise not_found(ctx.gettext("There is no such category. Look through the others, or search."))
    return found


def _known(ctx: Context, sort: str) -> str:
    if sort not in ORDERS:
        raise invalid("bad_sort", ctx.gettext("The list can't be sorted like this."), "sort")
    return sort
