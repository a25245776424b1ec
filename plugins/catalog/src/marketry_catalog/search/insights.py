"""What people search for, counted by day: no person, no session, nothing that looks like an address or a number to call.

Counts gather in the process and are written together every few seconds, so that searching itself never waits for a writer.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import bindparam, case, delete, func, insert, select, update

from marketry import Context
from marketry.telemetry import log
from marketry_catalog.domain.analyser import folded
from marketry_catalog.models.search import search_query
from marketry_catalog.settings import CatalogSettings

if TYPE_CHECKING:
    from marketry.runtime import Runtime

EVERY = 5.0  # seconds between writes
LONGEST = 80
MOST_WAITING = 1_000  # different queries between two writes; a flood of nonsense isn't worth more
_PERSONAL = re.compile(r"@|\d[\d\s().+-]{5,}\d|://")
_KEY = (
    search_query.c.day == bindparam("of_day"),
    search_query.c.locale == bindparam("in_locale"),
    search_query.c.q == bindparam("the_q"),
)
_COUNT_ON = (
    update(search_query).where(*_KEY).values(times=search_query.c.times + bindparam("more"), found=bindparam("last_found"))
)
_times = func.sum(search_query.c.times).label("times")
# What was found the last day it was asked for: the newest row's figure.
_LIST = (
    select(search_query.c.locale, search_query.c.q, _times, func.max(search_query.c.day).label("last"))
    .where(search_query.c.day >= bindparam("since"))
    .group_by(search_query.c.locale, search_query.c.q)
    .order_by(_times.desc(), search_query.c.q)
    .limit(bindparam("most"))
)
_never = func.sum(case((search_query.c.found > 0, 1), else_=0))
_IN_VAIN = _LIST.having(_never == 0)
_SUCCESSFUL = _LIST.having(_never > 0)
_BEGINNING = (
    select(search_query.c.q, _times)
    .where(
        search_query.c.locale == bindparam("in_locale"),
        search_query.c.q >= bindparam("start"),
        search_query.c.q < bindparam("stop"),
        search_query.c.found > 0,
    )
    .group_by(search_query.c.q)
    .having(_times > 1)
    .order_by(_times.desc(), search_query.c.q)
    .limit(bindparam("most"))
)
_waiting: "WeakKeyDictionary[Runtime, Waiting]" = WeakKeyDictionary()


class Waiting:
    """Counts of one site in this process that aren't written yet: (day, locale, q) → times, found."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.counts: dict[tuple[date, str, str], tuple[int, int]] = {}
        self.written = monotonic()


def noted(ctx: Context, q: str, found: int) -> None:
    """Count one search. Call it outside units of work: now and then it writes."""
    text = folded(" ".join(q.split()))[:LONGEST].strip()
    if not text or _PERSONAL.search(text):
        return
    waiting = _waiting.setdefault(ctx.runtime, Waiting())
    key = (ctx.now().date(), ctx.locale, text)
    with waiting.lock:
        if key in waiting.counts or len(waiting.counts) < MOST_WAITING:
            waiting.counts[key] = (waiting.counts.get(key, (0, 0))[0] + 1, found)
        due = monotonic() - waiting.written >= EVERY
    if due:
        write_noted(ctx)


def write_noted(ctx: Context) -> None:
    """Write what is waiting. What can't be written (the database is busy) is dropped: it is a statistic."""
    waiting = _waiting.setdefault(ctx.runtime, Waiting())
    with waiting.lock:
        counts, waiting.counts, waiting.written = waiting.counts, {}, monotonic()
    if not counts:
        return
    try:
        with ctx.writing() as session:
            for (day, locale, q), (times, found) in sorted(counts.items()):
                key = {"of_day": day, "in_locale": locale, "the_q": q}
                if session.execute(_COUNT_ON, {**key, "more": times, "last_found": found}).rowcount == 0:  # type: ignore[attr-defined]
                    session.execute(insert(search_query), {"day": day, "locale": locale, "q": q, "times": times, "found": found})
    except Exception as error:
        log.warning("searches_not_counted", error=repr(error), queries=len(counts))


def popular(ctx: Context, days: int, most: int, *, in_vain: bool) -> Sequence[Any]:
    """(locale, q, times, last) of the last `days`: those that found something, or (`in_vain`) those that never did."""
    given = {"since": ctx.now().date() - timedelta(days=days), "most": most}
    return ctx.session.execute(_IN_VAIN if in_vain else _SUCCESSFUL, given).all()


def queries_beginning(ctx: Context, typed: str, most: int) -> list[str]:
    """What was asked for more than once, found something, and begins with what is typed; the most frequent first."""
    start = folded(typed)
    if not start:
        return []
    given = {"in_locale": ctx.locale, "start": start, "stop": start + "\U0010ffff", "most": most}
    return [r.q for r in ctx.session.execute(_BEGINNING, given)]


def forget_old(ctx: Context) -> None:
    """Delete what is older than the setting `search_days`."""
    oldest = ctx.now().date() - timedelta(days=ctx.settings(CatalogSettings).search_days)
    with ctx.writing() as session:
        session.execute(delete(search_query).where(search_query.c.day < oldest))
