"""The database as search engine: FTS5 on SQLite, tsvector on PostgreSQL, both over words of our own analyser."""

from collections.abc import Callable, Sequence

from sqlalchemy import TextClause, bindparam, delete, insert, select, text

from marketry import Context
from marketry_catalog.domain.analyser import index_words, token
from marketry_catalog.domain.asking import Question, Words, groups_of
from marketry_catalog.domain.scopes import scope_of
from marketry_catalog.models.products import product
from marketry_catalog.models.search import search_entry
from marketry_catalog.search.engine import Document
from marketry_catalog.search.state import state_of

FIELDS = ("title", "tags", "summary", "body")
# bm25 is negative, the better the lower; the weights are those of FIELDS. Without ORDER BY the reading stops at the limit.
_SQLITE = text(
    "SELECT p.handle, -found.score AS score FROM ("
    "SELECT rowid, bm25(catalog_search_words, 12.0, 6.0, 3.0, 1.0) AS score FROM catalog_search_words "
    "WHERE catalog_search_words MATCH :query LIMIT :most) AS found "
    "JOIN catalog_search_entry e ON e.id = found.rowid JOIN catalog_product p ON p.id = e.product_id"
)
_POSTGRESQL = text(
    "SELECT p.handle, found.score FROM ("
    "SELECT e.product_id, ts_rank('{0.08, 0.25, 0.5, 1.0}', e.vector, asked.query) AS score "
    "FROM catalog_search_entry e, (SELECT to_tsquery('simple', :query) AS query) AS asked "
    "WHERE e.vector @@ asked.query LIMIT :most) AS found "
    "JOIN catalog_product p ON p.id = found.product_id"
)
_IDS = select(product.c.handle, product.c.id).where(product.c.handle.in_(bindparam("handles", expanding=True)))
_FORGET = delete(search_entry).where(
    search_entry.c.product_id == bindparam("of"),
    search_entry.c.locale == bindparam("in_locale"),
    search_entry.c.generation == bindparam("of_generation"),
)
_FORGET_ALL = delete(search_entry).where(search_entry.c.product_id.in_(bindparam("products", expanding=True)))


class DatabaseSearch:
    """See `SearchEngine` and `Rebuilt`."""

    def index(self, ctx: Context, documents: Sequence[Document]) -> None:
        for generation in state_of(ctx).kept:
            self._write(ctx, documents, generation)

    def build(self, ctx: Context, documents: Sequence[Document]) -> None:
        self._write(ctx, documents, state_of(ctx).building)

    def swap(self, ctx: Context) -> None:
        """Searches read the generation of `catalog_search_state`, which the rebuilding itself moves on."""

    def forget(self, ctx: Context, handles: Sequence[str]) -> None:
        ctx.session.execute(_FORGET_ALL, {"products": list(self._ids(ctx, handles).values())})

    def search(self, ctx: Context, question: Question, *, limit: int) -> Sequence[tuple[str, float]]:
        groups = groups_of(question)
        if not groups:
            return []
        scope = scope_of(state_of(ctx).generation, ctx.locale)
        is_sqlite = ctx.runtime.database.dialect == "sqlite"
        statement, write, in_title = (_SQLITE, _fts5, "{title} : (%s)") if is_sqlite else (_POSTGRESQL, _tsquery, None)
        query = write(scope, groups, question.every)
        found = _rows(ctx, statement, query, limit)
        if len(found) == limit:  # there may be more, in no order: those with the words in the title must not be missed
            titles = in_title % query if in_title else _tsquery(scope, groups, question.every, "A")
            found = list(dict([*found, *_rows(ctx, statement, titles, limit)]).items())
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:limit]

    def _write(self, ctx: Context, documents: Sequence[Document], generation: int) -> None:
        ids = self._ids(ctx, [d.handle for d in documents])
        known = [d for d in documents if d.handle in ids]
        if not known:
            return
        # Straight to the connection: as many statements in one go, without what the ORM would look for.
        connection = ctx.session.connection()
        connection.execute(_FORGET, [{"of": ids[d.handle], "in_locale": d.locale, "of_generation": generation} for d in known])
        rows = []
        for d in known:
            scope = scope_of(generation, d.locale)
            fields = {name: _indexed(scope, getattr(d, name)) for name in FIELDS}
            rows.append({"product_id": ids[d.handle], "generation": generation, "locale": d.locale, **fields})
        connection.execute(insert(search_entry), rows)

    def _ids(self, ctx: Context, handles: Sequence[str]) -> dict[str, int]:
        return {r.handle: r.id for r in ctx.session.execute(_IDS, {"handles": sorted(set(handles))})}


Writer = Callable[[str, Sequence[Sequence[Words]], bool], str]


def _rows(ctx: Context, statement: TextClause, query: str, limit: int) -> list[tuple[str, float]]:
    rows = ctx.session.execute(statement, {"query": query, "most": limit}).all()
    return [(row[0], row[1]) for row in rows]


def _indexed(scope: str, plain: str) -> str:
    return " ".join(scope + token(w) for w in index_words(plain))


def _fts5(scope: str, groups: Sequence[Sequence[Words]], every: bool) -> str:
    """`("3en0mug" OR "3en0cup") AND ("3en0se"*)`. Words hold letters and digits only, so nothing needs escaping."""
    return _query(scope, groups, " AND " if every else " OR ", " AND ", " OR ", '"%s"', '"%s"*')


def _tsquery(scope: str, groups: Sequence[Sequence[Words]], every: bool, weight: str = "") -> str:
    mark = f":{weight}" if weight else ""
    return _query(scope, groups, " & " if every else " | ", " & ", " | ", f"%s{mark}", f"%s:*{weight}")


def _query(
    scope: str, groups: Sequence[Sequence[Words]], between: str, both: str, either: str, whole: str, beginning: str
) -> str:
    def alternative(phrase: Words, typed_last: bool) -> str:
        parts = [whole % (scope + token(w)) for w in phrase]
        if typed_last:
            parts[-1] = beginning % (scope + token(phrase[-1]))
        return f"({both.join(parts)})"

    last = len(groups) - 1
    return between.join(
        f"({either.join(alternative(p, i == last and j == 0) for j, p in enumerate(group))})" for i, group in enumerate(groups)
    )
