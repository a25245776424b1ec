"""Category and search."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import bindparam, func, literal_column, select

from marketry import Context
from marketry.database import in_locale
from marketry.problems import not_found
from marketry_catalog.domain.filters import canonical
from marketry_catalog.domain.tree import Node
from marketry_catalog.lists.orders import known_order
from marketry_catalog.lists.wanted import Listing
from marketry_catalog.models.categories import category, category_path
from marketry_catalog.pages.helping import NO_HELP, in_vain
from marketry_catalog.queries.tree import tree_of
from marketry_catalog.queries.visible import DEFAULT_LOCALE, LOCALE
from marketry_catalog.search.finding import clean
from marketry_catalog.search.results import Results, results
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


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address of a list says: see SEARCH_PARAMETERS. `exact`: search for what was typed, not for its correction."""

    sort: str = ""
    available: bool = False
    sale: bool = False
    filters: Sequence[str] = ()
    cursor: str | None = None
    q: str = ""
    exact: bool = False

    def address(self, ctx: Context, path: str, **other: object) -> str:
        """The one address of this choice, without its cursor; `other` replaces parts (`sale=False`)."""
        chosen = replace(self, **other) if other else self  # type: ignore[arg-type]
        flags = {name: "true" for name in ("available", "sale", "exact") if getattr(chosen, name)}
        given = {"q": chosen.q, "filter": canonical(chosen.filters), **flags, "sort": chosen.sort}
        query = urlencode({name: value for name, value in given.items() if value}, doseq=True)
        return ctx.url(path) + (f"?{query}" if query else "")


def category_page(ctx: Context, path: str, chosen: Chosen) -> dict[str, Any] | str:
    """The values of the page, or the path to go to where the category has moved. Refuses (404) what isn't shown."""
    locale, fallback = ctx.locale, ctx.site.locales[0]
    row = _category_at(ctx, path)
    tree = tree_of(ctx)
    if row is None or not tree.shown(row.id):
        raise not_found(ctx.gettext("There is no such category. Look through the others, or search."))
    node = tree.by_id[row.id]
    if node.path != path:
        return f"/categories/{node.path}"
    list_path = f"/categories/{path}"
    return {
        "category": row,
        "name": in_locale(row.name, locale, fallback),
        "description": in_locale(row.description, locale, fallback),
        "picture_alt": in_locale(row.picture_alt, locale, fallback),
        "trail": tree.trail(row.id),
        "children": tree.children(row.id),
        "crumbs": crumbs(ctx, tree.trail(row.id)[:-1]),
        **_list(ctx, list_path, _results(ctx, chosen, row.id), chosen),
        "alternates": {
            locale: f"/categories/{its}" for locale, its in (line.split("=", 1) for line in (row.paths or "").split())
        },
    }


def _category_at(ctx: Context, path: str) -> Any:
    """The category that has, or had, this address in the context's language, else in the default one, else in any other."""
    for locale in (ctx.locale, *(other for other in ctx.site.locales[1:] if other != ctx.locale)):
        values = {"path": path, "locale": locale, "default_locale": ctx.site.locales[0]}
        row = ctx.session.execute(_CATEGORY, values).one_or_none()
        if row is not None:
            return row
    return None


def search_page(ctx: Context, chosen: Chosen) -> dict[str, Any]:
    """What is found; nothing is searched for a blank query. Where nothing is, what helps."""
    chosen = replace(chosen, q=clean(chosen.q))
    if not chosen.q:
        return {**NO_HELP, "q": "", "page": None, "taken": (), "chosen": chosen, "categories": tree_of(ctx).children(None)}
    found = _results(ctx, chosen, None)
    help_ = NO_HELP if found.page.items else in_vain(ctx, found, chosen)
    return {**help_, "q": chosen.q, "found": found.found, **_list(ctx, "/search", found, chosen)}


def _results(ctx: Context, chosen: Chosen, category_id: int | None) -> Results:
    listing = Listing(known_order(ctx, chosen.sort), category_id, chosen.available, chosen.sale, canonical(chosen.filters))
    size = ctx.settings(CatalogSettings).page_size
    return results(ctx, listing, chosen.cursor, size, q=chosen.q, exact=chosen.exact)


def _list(ctx: Context, path: str, found: Results, chosen: Chosen) -> dict[str, Any]:
    """What every list draws: the page, its facets, and the address of each tick taken away."""

    def without(value: str) -> str:
        return chosen.address(ctx, path, filters=[f for f in chosen.filters if f != value])

    taken = [(f"{f.name}: {v.label}", without(v.filter)) for f, v in found.facets.chosen]
    if chosen.available:
        taken.append((ctx.gettext("Can be bought now"), chosen.address(ctx, path, available=False)))
    if chosen.sale:
        taken.append((ctx.gettext("Reduced"), chosen.address(ctx, path, sale=False)))
    return {
        "page": found.page,
        "facets": found.facets,
        "chosen": chosen,
        "taken": taken,
        "list_path": path,
        "page_url": chosen.address(ctx, path),
        "all_url": chosen.address(ctx, path, filters=(), available=False, sale=False),
        "exact_url": chosen.address(ctx, path, exact=True),
    }


def crumbs(ctx: Context, trail: Sequence[Node]) -> list[tuple[str, str]]:
    """(name, address) of categories from the top."""
    return [(node.name, ctx.url(f"/categories/{node.path}")) for node in trail]


def category_by_handle(ctx: Context, handle: str) -> int:
    """The id of a shown category; refuses (404) what isn't shown."""
    tree = tree_of(ctx)
    found = next((node.id for node in tree.by_id.values() if node.handle == handle or node.path == handle), None)
    if found is None or not tree.shown(found):
        raise not_found(ctx.gettext("There is no such category. Look through the others, or search."))
    return found
