"""Finding products by words: asking the engine, leading slips of the fingers to words that exist, ranking what fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select, union

from marketry import Context
from marketry.hookspecs import goods
from marketry_catalog.domain.asking import Question
from marketry_catalog.models.products import variant
from marketry_catalog.overview.bits import as_row, bits_of
from marketry_catalog.overview.overview import Overview
from marketry_catalog.search.database import DatabaseSearch
from marketry_catalog.search.engine import FindsIds, SearchEngine
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
    scores = _scores(ctx, overview, question)
    more = len(scores) > MOST
    if more:
        scores = dict(list(scores.items())[:MOST])
    exact = _by_number(ctx, overview, q) if every else ()
    return Found(_best_first(overview, shown, scores, exact), q, not every, more)


def _scores(ctx: Context, overview: Overview, question: Question) -> dict[int, float]:
    """Of up to MOST + 1 products by ordinal, as the engine gives them."""
    engine, known = engine_of(ctx), overview.ordinals
    if isinstance(engine, FindsIds):
        return {known[i]: score for i, score in engine.ids(ctx, question, limit=MOST + 1) if i in known}
    by_handle = overview.by_handle
    return {by_handle[handle]: score for handle, score in engine.search(ctx, question, limit=MOST + 1) if handle in by_handle}


def _best_first(overview: Overview, shown: int, scores: Mapping[int, float], exact: Sequence[int]) -> tuple[int, ...]:
    """Exact article numbers, then by score; where scores are near: what can be bought, what sells, the score itself, the
    newest."""
    best, worst = max(scores.values(), default=0.0), min(0.0, *scores.values(), 0.0)
    step = (best - worst) / BANDS or 1.0
    row = as_row(shown, overview.size)
    band_of = {score: round((score - worst) / step) for score in set(scores.values())}
    bands: dict[int, list[int]] = {band: [] for band in band_of.values()}
    for o, score in scores.items():
        if row[o >> 3] >> (o & 7) & 1:
            bands[band_of[score]].append(o)
    first = [o for o in sorted(exact) if row[o >> 3] >> (o & 7) & 1]
    ranked = [o for band in sorted(bands, reverse=True) for o in _ranked_alike(overview, bands[band], scores)]
    return tuple([*first, *(o for o in ranked if o not in first)] if first else ranked)


def _ranked_alike(overview: Overview, band: list[int], scores: Mapping[int, float]) -> list[int]:
    """Each sorting keeps what the one before it left in order, so the last weighs most."""
    sold, row = overview.sold, as_row(overview.named("buyable"), overview.size)
    band.sort(reverse=True)
    band.sort(key=scores.__getitem__, reverse=True)
    if sold:
        band.sort(key=lambda o: -sold.get(o, 0))
    buyable = [row[o >> 3] >> (o & 7) & 1 for o in band]
    return [o for o, can in zip(band, buyable, strict=True) if can] + [o for o, can in zip(band, buyable, strict=True) if not can]


def _by_number(ctx: Context, overview: Overview, q: str) -> Sequence[int]:
    """Products with exactly this article number or barcode."""
    if len(q) > 64:
        return ()
    given = {"as_typed": q, "upper": q.upper(), "joined": q.upper().replace(" ", "-")}
    rows = ctx.session.execute(_BY_NUMBER, given).scalars()
    return [overview.ordinals[i] for i in rows if i in overview.ordinals]
