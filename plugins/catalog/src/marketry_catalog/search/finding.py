"""Finding products by words: asking the engine, leading slips of the fingers to words that exist, ranking what fits."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select, union

from marketry import Context
from marketry.hookspecs import goods
from marketry_catalog.domain.asking import Question
from marketry_catalog.models.products import variant
from marketry_catalog.overview.bits import as_row, bits_of
from marketry_catalog.overview.overview import Overview
from marketry_catalog.search.database import DatabaseSearch
from marketry_catalog.search.engine import SearchEngine
from marketry_catalog.search.synonyms import synonyms_in
from marketry_catalog.search.vocabulary import corrected

MOST = 1_000  # products that a search considers: the best of the engine's; nobody reads further
LONGEST = 200  # characters of a query that are read
BANDS = 8  # scores this near to each other count as the same
_OWN = DatabaseSearch()
# Two branches, each over its index: with OR the planner may read the whole table.
_BY_NUMBER = union(
    select(variant.c.product_id).where(
        variant.c.active, variant.c.sku.in_([bindparam("as_typed"), bindparam("upper"), bindparam("joined")])
    ),
    select(variant.c.product_id).where(variant.c.active, variant.c.barcode == bindparam("as_typed")),
)


@dataclass(frozen=True, slots=True)
class Found:
    """`ordinals` best first. `q` is what was found in the end: where it isn't what was typed, nothing had that. `some`:
    nothing has
    all the words, these have some. `more`: there are further ones beyond MOST."""

    ordinals: tuple[int, ...]
    q: str
    some: bool = False
    more: bool = False

    def bits(self, overview: Overview) -> int:
        return bits_of(self.ordinals, overview.size)


def engine_of(ctx: Context) -> SearchEngine:
    """The engine that a plugin offers, else the database's own. TypeError names a plugin whose engine lacks a method."""
    for answer in ctx.runtime.answers(goods.catalog_search_engine):
        if not isinstance(answer.value, SearchEngine):
            raise TypeError(f"plugin {answer.plugin}: {answer.value!r} is no SearchEngine (see marketry_catalog.api)")
        return answer.value
    return _OWN


def find(ctx: Context, overview: Overview, q: str, *, exact: bool = False) -> Found:
    """What is shown and has the words of `q`; else of its correction (unless `exact`); else what has some of them."""
    q = clean(q)
    if not q:
        return Found((), "")
    shown = overview.shown(ctx.now())
    found = _ranked(ctx, overview, shown, q)
    if found.ordinals or exact:
        return found
    better = corrected(ctx, q)
    if better:
        second = _ranked(ctx, overview, shown, better)
        if second.ordinals:
            return second
    return _ranked(ctx, overview, shown, q, every=False)


def clean(q: str) -> str:
    """One line of at most LONGEST characters, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in q[:LONGEST]).split())


def _ranked(ctx: Context, overview: Overview, shown: int, q: str, *, every: bool = True) -> Found:
    question = Question(q, every, synonyms_in(ctx))
    hits = engine_of(ctx).search(ctx, question, limit=MOST + 1)
    exact = _by_number(ctx, overview, q) if every else ()
    ranked = _best_first(overview, shown, hits[:MOST], exact)
    return Found(ranked, q, not every, len(hits) > MOST)


def _best_first(overview: Overview, shown: int, hits: Sequence[tuple[str, float]], exact: Sequence[int]) -> tuple[int, ...]:
    """Exact article numbers, then by score; where scores are near: what can be bought, what sells, the score itself, the id."""
    by_handle = overview.by_handle
    scores = {by_handle[handle]: score for handle, score in hits if handle in by_handle}
    best, worst = max(scores.values(), default=0.0), min(0.0, *scores.values(), 0.0)
    step = (best - worst) / BANDS or 1.0
    row, buyable = as_row(shown, overview.size), as_row(overview.named("buyable"), overview.size)
    sold = overview.sold
    ranks = []
    for o, score in {**dict.fromkeys(exact, best), **scores}.items():
        at, bit = o >> 3, 1 << (o & 7)
        if row[at] & bit:
            ranks.append((o not in exact, -round((score - worst) / step), not buyable[at] & bit, -sold.get(o, 0), -score, o))
    ranks.sort()
    return tuple(rank[-1] for rank in ranks)


def _by_number(ctx: Context, overview: Overview, q: str) -> Sequence[int]:
    """Products with exactly this article number or barcode."""
    if len(q) > 64:
        return ()
    given = {"as_typed": q, "upper": q.upper(), "joined": q.upper().replace(" ", "-")}
    rows = ctx.session.execute(_BY_NUMBER, given).scalars()
    return [overview.ordinals[i] for i in rows if i in overview.ordinals]
