"""The database as search engine: FTS5 on SQLite, tsvector on PostgreSQL, both over words of our own analyser."""

from collections.abc import Iterator, Sequence

from sqlalchemy import bindparam, delete, insert, select, text

from marketry import Context
from marketry_catalog.domain.analyser import index_words, token
from marketry_catalog.domain.asking import Question, Words, combinations_of, groups_of
from marketry_catalog.domain.scopes import MOST_PRODUCTS, entry_id, scope_of
from marketry_catalog.models.products import product
from marketry_catalog.models.search import search_entry
from marketry_catalog.search.engine import Document
from marketry_catalog.search.state import state_of

FIELDS = ("title", "tags", "summary", "body")
# What fits is read up to a limit and never ranked by the database: bm25 visits all that has a word to learn how rare it is, and
# ts_rank reads each vector, so both cost the more the larger the shop is. Instead the index is asked once for each tier, the best
# first: all words in the title, in title or tags, anywhere. FTS5 reads its index backwards, so the newest come first.
_SQLITE = text("SELECT rowid FROM catalog_search_words WHERE catalog_search_words MATCH :query ORDER BY rowid DESC LIMIT :most")
_SQLITE_TIERS = ("{title} : (%s)", "{title tags} : (%s)", "%s")
_POSTGRESQL = text(
    "SELECT product_id FROM catalog_search_entry, (SELECT to_tsquery('simple', :query) AS query) AS asked "
    "WHERE vector @@ asked.query LIMIT :most"
)
_POSTGRESQL_TIERS = ("A", "AB", "")
_OLD_ENTRIES = select(search_entry.c.id, search_entry.c.product_id).where(search_entry.c.id.in_(bindparam("ids", expanding=True)))
_HANDLES = select(product.c.id, product.c.handle).where(product.c.id.in_(bindparam("ids", expanding=True)))
_IDS = select(product.c.handle, product.c.id).where(product.c.handle.in_(bindparam("handles", expanding=True)))
_FORGET = delete(search_entry).where(
    search_entry.c.product_id == bindparam("of"),
    search_entry.c.locale == bindparam("in_locale"),
    search_entry.c.generation == bindparam("of_generation"),
)
_FORGET_ALL = delete(search_entry).where(search_entry.c.product_id.in_(bindparam("products", expanding=True)))


class DatabaseSearch:
    """See `SearchEngine`, `FindsIds` and `Rebuilt`."""

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
        found = self.ids(ctx, question, limit=limit)
        handles = {r.id: r.handle for r in ctx.session.execute(_HANDLES, {"ids": [i for i, _ in found]})}
        return [(handles[i], score) for i, score in found if i in handles]

    def ids(self, ctx: Context, question: Question, *, limit: int) -> Sequence[tuple[int, float]]:
        groups = groups_of(question)
        scope = scope_of(state_of(ctx).generation, ctx.locale)
        ask = _sqlite_tiers if ctx.runtime.database.dialect == "sqlite" else _postgresql_tiers
        combinations = combinations_of(len(groups), question.every)
        found: dict[int, float] = {}
        score = float(len(combinations) * len(_SQLITE_TIERS))
        for chosen in combinations:
            for hits in ask(ctx, scope, groups, chosen, limit):
                for i in hits:
                    found.setdefault(i, score)
                if len(found) >= limit:
                    return list(found.items())[:limit]
                score -= 1
        return list(found.items())

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
            of = ids[d.handle]
            its = {"id": entry_id(generation, d.locale, of), "product_id": of, "generation": generation, "locale": d.locale}
            rows.append({**its, **{name: _indexed(scope, getattr(d, name)) for name in FIELDS}})
        connection.execute(insert(search_entry), rows)

    def _ids(self, ctx: Context, handles: Sequence[str]) -> dict[str, int]:
        return {r.handle: r.id for r in ctx.session.execute(_IDS, {"handles": sorted(set(handles))})}


Groups = Sequence[Sequence[Words]]
Chosen = Sequence[Sequence[int]]


def _sqlite_tiers(ctx: Context, scope: str, groups: Groups, chosen: Chosen, limit: int) -> Iterator[list[int]]:
    """Ids of products, tier by tier: entries say theirs by their own id, but for those of releases before."""
    query = _either(_fts5(scope, groups), chosen, " AND ", " OR ")
    for tier in _SQLITE_TIERS:
        entries = ctx.session.execute(_SQLITE, {"query": tier % query, "most": limit}).scalars().all()
        old = [i for i in entries if i <= MOST_PRODUCTS]
        if old:
            known = {r.id: r.product_id for r in ctx.session.execute(_OLD_ENTRIES, {"ids": old})}
            yield [known[i] if i <= MOST_PRODUCTS else i & MOST_PRODUCTS for i in entries if i > MOST_PRODUCTS or i in known]
        else:
            yield [i & MOST_PRODUCTS for i in entries]


def _postgresql_tiers(ctx: Context, scope: str, groups: Groups, chosen: Chosen, limit: int) -> Iterator[list[int]]:
    for tier in _POSTGRESQL_TIERS:
        query = _either(_tsquery(scope, groups, tier), chosen, " & ", " | ")
        yield list(ctx.session.execute(_POSTGRESQL, {"query": query, "most": limit}).scalars())


def _indexed(scope: str, plain: str) -> str:
    return " ".join(scope + token(w) for w in index_words(plain))


def _fts5(scope: str, groups: Groups) -> list[str]:
    """`("3en0mug" OR "3en0cup")`, `("3en0se"*)`. Words hold letters and digits only, so nothing needs escaping."""
    return _parts(scope, groups, " AND ", " OR ", '"%s"', '"%s"*')


def _tsquery(scope: str, groups: Groups, weight: str) -> list[str]:
    mark = f":{weight}" if weight else ""
    return _parts(scope, groups, " & ", " | ", f"%s{mark}", f"%s:*{weight}")


def _parts(scope: str, groups: Groups, both: str, either: str, whole: str, beginning: str) -> list[str]:
    def alternative(phrase: Words, typed_last: bool) -> str:
        parts = [whole % (scope + token(w)) for w in phrase]
        if typed_last:
            parts[-1] = beginning % (scope + token(phrase[-1]))
        return f"({both.join(parts)})"

    last = len(groups) - 1
    return [
        f"({either.join(alternative(p, i == last and j == 0) for j, p in enumerate(group))})" for i, group in enumerate(groups)
    ]


def _either(parts: Sequence[str], chosen: Chosen, both: str, either: str) -> str:
    """Those with all of some choice of parts."""
    return either.join(f"({both.join(parts[i] for i in choice)})" for choice in chosen)
