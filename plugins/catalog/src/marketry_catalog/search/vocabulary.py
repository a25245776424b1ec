"""The vocabulary of the catalogue, and the words in it that a misspelt one may stand for."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import bindparam, delete, select, update

from marketry import Context
from marketry_catalog.domain.analyser import spelt_words
from marketry_catalog.domain.near import near_keys, nearest_word, slips
from marketry_catalog.models.search import search_near, search_term
from marketry_catalog.saving.rows import insert_missing
from marketry_catalog.search.engine import Document
from marketry_catalog.search.state import state_of

PART = 500
_MOST_CANDIDATES = 200
_KNOWN = select(search_term.c.word).where(
    search_term.c.generation == bindparam("of_generation"),
    search_term.c.locale == bindparam("in_locale"),
    search_term.c.word.in_(bindparam("words", expanding=True)),
)
_MORE = (
    update(search_term)
    .where(
        search_term.c.generation == bindparam("of_generation"),
        search_term.c.locale == bindparam("in_locale"),
        search_term.c.word == bindparam("the_word"),
    )
    .values(products=search_term.c.products + bindparam("more"))
)
_NEAR = (
    select(search_term.c.word, search_term.c.products)
    .distinct()
    .join(
        search_near,
        (search_near.c.generation == search_term.c.generation)
        & (search_near.c.locale == search_term.c.locale)
        & (search_near.c.word == search_term.c.word),
    )
    .where(
        search_near.c.generation == bindparam("of_generation"),
        search_near.c.locale == bindparam("in_locale"),
        search_near.c.key.in_(bindparam("keys", expanding=True)),
    )
    .order_by(search_term.c.products.desc(), search_term.c.word)
    .limit(_MOST_CANDIDATES)
)


def learn_words(ctx: Context, documents: Iterable[Document], generation: int, *, counting: bool) -> None:
    """Put words that are not known yet into the vocabulary; `counting`: and count known ones on (when every product comes
    once)."""
    found: dict[str, Counter[str]] = {}
    for d in documents:
        its = found.setdefault(d.locale, Counter())
        its.update(set(spelt_words(f"{d.title} {d.tags} {d.summary} {d.body}")))
    for locale, counted in found.items():
        _learn(ctx, counted, generation, locale, counting)


def _learn(ctx: Context, counted: Mapping[str, int], generation: int, locale: str, counting: bool) -> None:
    connection = ctx.session.connection()
    common = {"generation": generation, "locale": locale}
    words = sorted(counted)
    for start in range(0, len(words), PART):
        part = words[start : start + PART]
        known = set(connection.execute(_KNOWN, {"of_generation": generation, "in_locale": locale, "words": part}).scalars())
        new = [w for w in part if w not in known]
        if new:
            insert_missing(ctx.session, search_term, [{**common, "word": w, "products": counted[w]} for w in new])
            keys = [{**common, "word": w, "key": k} for w in new for k in sorted(near_keys(w))]
            insert_missing(ctx.session, search_near, keys)
        if counting and known:
            more = [{"of_generation": generation, "in_locale": locale, "the_word": w, "more": counted[w]} for w in sorted(known)]
            connection.execute(_MORE, more)


def forget_words(ctx: Context, generations: Sequence[int]) -> None:
    """Drop the vocabulary of all but these generations."""
    for table in (search_near, search_term):
        ctx.session.execute(delete(table).where(table.c.generation.not_in(list(generations))))


def corrected(ctx: Context, q: str) -> str | None:
    """`q` with each word that nobody wrote replaced by the nearest that somebody did; None where there is nothing to replace."""
    typed = list(dict.fromkeys(spelt_words(q)))[:8]
    given = {"of_generation": state_of(ctx).generation, "in_locale": ctx.locale}
    known = set(ctx.session.execute(_KNOWN, {**given, "words": typed}).scalars()) if typed else set()
    better: dict[str, str] = {}
    for word in typed:
        if word not in known and slips(word):
            rows = ctx.session.execute(_NEAR, {**given, "keys": sorted(near_keys(word))}).all()
            nearest = nearest_word(word, [(r.word, r.products) for r in rows])
            if nearest:
                better[word] = nearest
    if not better:
        return None
    return " ".join(_replaced(part, better) for part in q.split())


def _replaced(part: str, better: Mapping[str, str]) -> str:
    found = list(spelt_words(part))
    return " ".join(better.get(w, w) for w in found) if any(w in better for w in found) else part
