"""The database as search engine: FTS5 on SQLite, tsvector on PostgreSQL, both over words of our own analyser."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, column, delete, exists, insert, literal_column, select, table, text

from marketry import Context
from marketry_catalog.domain.analyser import index_words, token, words
from marketry_catalog.models.categories import category_product
from marketry_catalog.models.products import product
from marketry_catalog.models.search import search_document
from marketry_catalog.queries.visible import LOCALE, shown
from marketry_catalog.search.engine import Document

MOST_WORDS = 12
# Must be word for word the expression of the index in the migration, or PostgreSQL reads the whole table.
VECTOR = (
    "(setweight(to_tsvector('simple'::regconfig, catalog_search_document.title), 'A') || "
    "setweight(to_tsvector('simple'::regconfig, catalog_search_document.body), 'D'))"
)
_base = (
    select(product.c.handle)
    .join(search_document, search_document.c.product_id == product.c.id)
    .where(search_document.c.locale == LOCALE, shown())
    .limit(bindparam("most"))
    .offset(bindparam("skipped"))
)
_IN_CATEGORY = (
    exists()
    .where(category_product.c.product_id == product.c.id, category_product.c.category_id == bindparam("category"))
    .correlate(product)
)
_fts = table("catalog_search_fts", column("rowid"))
_SQLITE = (
    _base.join(_fts, _fts.c.rowid == search_document.c.id)
    .where(text("catalog_search_fts MATCH :query"))
    .order_by(literal_column("bm25(catalog_search_fts, 8.0, 1.0)"), product.c.id)
)
_POSTGRESQL = _base.where(text(f"{VECTOR} @@ to_tsquery('simple', :query)")).order_by(
    text(f"ts_rank({VECTOR}, to_tsquery('simple', :query)) DESC"), product.c.id
)
_IDS = select(product.c.handle, product.c.id).where(product.c.handle.in_(bindparam("handles", expanding=True)))
_FORGET = delete(search_document).where(
    search_document.c.product_id == bindparam("product"), search_document.c.locale == bindparam("in_locale")
)
_FORGET_ALL = delete(search_document).where(search_document.c.product_id.in_(bindparam("products", expanding=True)))


class DatabaseSearch:
    """See `SearchEngine`. The last word of a query also matches longer ones that begin with it."""

    def index(self, ctx: Context, documents: Sequence[Document]) -> None:
        if not documents:
            return
        ids = self._ids(ctx, [d.handle for d in documents])
        known = [d for d in documents if d.handle in ids]
        ctx.session.execute(_FORGET, [{"product": ids[d.handle], "in_locale": d.locale} for d in known])
        ctx.session.execute(
            insert(search_document),
            [
                {"product_id": ids[d.handle], "locale": d.locale, "title": _indexed(d.title), "body": _indexed(d.body)}
                for d in known
            ],
        )

    def forget(self, ctx: Context, handles: Sequence[str]) -> None:
        ctx.session.execute(_FORGET_ALL, {"products": list(self._ids(ctx, handles).values())})

    def search(self, ctx: Context, q: str, *, offset: int, limit: int, category: int | None = None) -> Sequence[str]:
        tokens = [token(w) for w in words(q)][:MOST_WORDS]
        if not tokens:
            return []
        is_sqlite = ctx.runtime.database.dialect == "sqlite"
        statement: Any = _SQLITE if is_sqlite else _POSTGRESQL
        query = _sqlite_query(tokens) if is_sqlite else " & ".join([*tokens[:-1], f"{tokens[-1]}:*"])
        given: dict[str, Any] = {"locale": ctx.locale, "now": ctx.now(), "query": query, "most": limit, "skipped": offset}
        if category is not None:
            statement, given = statement.where(_IN_CATEGORY), {**given, "category": category}
        return list(ctx.session.execute(statement, given).scalars())

    def _ids(self, ctx: Context, handles: Sequence[str]) -> dict[str, int]:
        return {r.handle: r.id for r in ctx.session.execute(_IDS, {"handles": sorted(set(handles))})}


def _indexed(plain: str) -> str:
    return " ".join(token(w) for w in index_words(plain))


def _sqlite_query(tokens: Sequence[str]) -> str:
    return " ".join([*(f'"{t}"' for t in tokens[:-1]), f'"{tokens[-1]}"*'])
