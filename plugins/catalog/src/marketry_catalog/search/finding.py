"""Finding products by words: asking the engine, leading slips of the fingers to words that exist, ranking what fits."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select

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

MOST = 2_000  # products that a search considers: the best of the engine's; nobody reads further
LONGEST = 200  # characters of a query that are read
BANDS = 8  # scores this near to each other count as the same
_OWN = DatabaseSearch()
_BY_SKU = select(variant.c.product_id).where(
    variant.c.active, or_(variant.c.sku.in_(bindparam("skus", expanding=True)), variant.c.barcode == bindparam("barcode"))
)


@dataclass(frozen=True, slots=True)
class Found:
    """`ordinals` best first. `q` is what was found in the end: where it isn't what was typed, nothing had that. `some`: nothing has
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
    scores = {overview.by_handle[h]: s for h, s in hits[:MOST] if h in overview.by_handle}
    exact = _by_number(ctx, overview, q) if every else []
    row = as_row(shown, overview.size)
    ordinals = [o for o in {**dict.fromkeys(exact, 0.0), **scores} if row[o >> 3] >> (o & 7) & 1]
    best, worst = max(scores.values(), default=0.0), min(scores.values(), default=0.0)
    spread = best - min(worst, 0.0) or 1.0
    buyable, sold = as_row(overview.named("buyable"), overview.size), overview.sold

    def rank(o: int) -> tuple[float, ...]:
        score = scores.get(o, best)
        band = round((score - min(worst, 0.0)) / spread * BANDS)
        return (o not in exact, -band, not buyable[o >> 3] >> (o & 7) & 1, -sold.get(o, 0), -score, o)

    return Found(tuple(sorted(ordinals, key=rank)), q, not every, len(hits) > MOST)


def _by_number(ctx: Context, overview: Overview, q: str) -> Sequence[int]:
    """Products with exactly this article number or barcode."""
    if len(q) > 64:
        return ()
    rows = ctx.session.execute(_BY_SKU, {"skus": [q, q.upper(), q.upper().replace(" ", "-")], "barcode": q}).scalars()
    return [overview.ordinals[i] for i in rows if i in overview.ordinals]
