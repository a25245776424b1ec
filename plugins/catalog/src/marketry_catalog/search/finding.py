"""Pages of results."""

from marketry import Context
from marketry.database.keyset import make_cursor, read_cursor
from marketry.hookspecs import goods
from marketry.web.values import Page
from marketry_catalog.models.products import product
from marketry_catalog.queries.cards import cards_by_handles
from marketry_catalog.search.database import DatabaseSearch
from marketry_catalog.search.engine import SearchEngine

DEEPEST = 1_000  # results are ranked, so their pages are counted; nobody reads further
_OWN = DatabaseSearch()


def engine_of(ctx: Context) -> SearchEngine:
    """The engine that a plugin offers, else the database's own. TypeError names a plugin whose engine lacks a method."""
    for answer in ctx.runtime.answers(goods.catalog_search_engine):
        if not isinstance(answer.value, SearchEngine):
            raise TypeError(f"plugin {answer.plugin}: {answer.value!r} is no SearchEngine (see marketry_catalog.api)")
        return answer.value
    return _OWN


def found_page(ctx: Context, q: str, cursor: str | None, limit: int, category: int | None = None) -> Page:
    """Cards of what is found for `q` in all or in one category, best first; refuses (422, `cursor`) a foreign cursor."""
    offset = min(int(read_cursor(cursor, [product.c.id])[1][0]), DEEPEST) if cursor else 0
    handles = list(engine_of(ctx).search(ctx, q, offset=max(offset, 0), limit=limit + 1, category=category))
    more = len(handles) > limit and offset + limit < DEEPEST
    return Page(
        items=cards_by_handles(ctx, handles[:limit]),
        next_cursor=make_cursor("n", [offset + limit]) if more else None,
        previous_cursor=make_cursor("p", [max(offset - limit, 0)]) if offset > 0 else None,
    )
