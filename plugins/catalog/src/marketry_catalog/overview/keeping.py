"""The overview of this process, as new as the database: each use asks for the newest changes, which costs two lookups of an
index.

It is read in a thread of its own when the process starts, which nobody waits for, and again when there is too much to follow;
the old one answers meanwhile.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from threading import BoundedSemaphore, Event, Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from marketry import Context
from marketry.problems import Problem, Refused
from marketry.web.pagecache.position import START, Position
from marketry_catalog.models.products import variant
from marketry_catalog.models.search import change, popularity
from marketry_catalog.models.stock import movement
from marketry_catalog.overview.facts import PART, read_buyable, read_facts
from marketry_catalog.overview.loading import Stopped, read_overview
from marketry_catalog.overview.overview import Overview, changed, with_buyable
from marketry_catalog.queries.recent import PURGED_BY

if TYPE_CHECKING:
    from marketry.runtime import Runtime

# On PostgreSQL a lower id may become visible after a higher one: for so many seconds we look again at what was just passed.
LATE = 10.0
MOST_CHANGES = 5_000  # then everything is read anew, behind what is known; fewer products than these are read anew at once
PATIENCE = 0.5  # seconds that a list waits for its counts before it is drawn without: a small shop's are there by then
LONGEST_WAIT = 10.0  # seconds that a search or a filtered list waits, which can't do without
MOST_WAITING = 8  # threads; more would keep pages waiting that need no overview
POPULAR_LASTS = 600.0  # seconds
MONTHS = 3
_MARKS = select(
    select(func.max(change.c.id)).scalar_subquery().label("changes"),
    select(func.max(movement.c.id)).scalar_subquery().label("movements"),
)
_CHANGES = (
    select(change.c.id, change.c.product_id).where(change.c.id > bindparam("seen")).order_by(change.c.id).limit(MOST_CHANGES + 1)
)
_MOVED = (
    select(movement.c.id, variant.c.product_id)
    .join(variant, variant.c.id == movement.c.variant_id)
    .where(movement.c.id > bindparam("seen"))
    .order_by(movement.c.id)
    .limit(MOST_CHANGES + 1)
)
_OLDEST = select(func.min(change.c.id))
_POPULAR = (
    select(popularity.c.product_id, func.sum(popularity.c.units).label("units"))
    .where(popularity.c.month >= bindparam("since"))
    .group_by(popularity.c.product_id)
)
_kept: "WeakKeyDictionary[Runtime, Keeper]" = WeakKeyDictionary()
_guard = Lock()


_log = logging.getLogger("marketry.catalog")


def overview_of(ctx: Context) -> Overview:
    """As new as what `ctx.session` sees. Call it inside a session. Refuses (503) while it takes too long to be read first."""
    found = _keeper_of(ctx.runtime).overview(ctx, LONGEST_WAIT)
    if found is None:
        raise Refused(
            Problem("catalog_reading", ctx.gettext("The shop has just started. Try again in a few seconds."), status=503)
        )
    return found


def overview_if_read(ctx: Context) -> Overview | None:
    """The same, but None where it is still being read."""
    return _keeper_of(ctx.runtime).overview(ctx, PATIENCE)


def begin_reading(runtime: "Runtime") -> None:
    """Read the overview behind what this process does."""
    _keeper_of(runtime).begin(runtime)


def stop_reading(runtime: "Runtime") -> None:
    """Return once nothing is being read."""
    _keeper_of(runtime).stop()


def _keeper_of(runtime: "Runtime") -> "Keeper":
    keeper = _kept.get(runtime)
    if keeper is None:
        with _guard:
            keeper = _kept.setdefault(runtime, Keeper(runtime.site.locales, runtime.database.dialect != "sqlite"))
    return keeper


class Keeper:
    """One per site and process; threads take turns at catching up."""

    def __init__(self, locales: Sequence[str], late: bool) -> None:
        self._locales = locales
        self._late = LATE if late else 0.0
        self._lock = Lock()
        self._overview: Overview | None = None
        self._marks: tuple[int, int] = (-1, -1)
        self._settled: tuple[int, int] = (0, 0)  # nothing below becomes visible any more
        self._passed: list[tuple[float, tuple[int, int]]] = []  # when which marks were seen, until they are settled
        self._applied: tuple[set[int], set[int]] = (set(), set())  # what of the unsettled is known already
        self._checked = 0.0
        self._position = START
        self._popular_until = 0.0
        self._reader: Thread | None = None
        self._read = Event()
        self._stopped = Event()
        self._waiting = BoundedSemaphore(MOST_WAITING)

    def overview(self, ctx: Context, patience: float) -> Overview | None:
        """None where it is still being read for the first time after `patience` seconds, or too many wait for it already."""
        if self._overview is None and self._reader is not None and not self._wait(patience):
            return None
        marks = _marks(ctx.session)
        if not self._is_new(marks):
            with self._lock:
                if not self._is_new(marks):
                    self._catch_up(ctx, marks)
        if self._passed or self._reader:  # what is late is looked for once a second, and kept pages must not outlive that
            ctx.drawn.was_read(self._position, PURGED_BY)
        return self._overview

    def begin(self, runtime: "Runtime") -> None:
        if self._reader is None:
            self._read.clear()
            self._stopped.clear()
            self._reader = Thread(target=self._read_behind, args=(runtime,), name="catalog overview", daemon=True)
            self._reader.start()

    def stop(self) -> None:
        reader = self._reader
        if reader is not None:
            self._stopped.set()
            reader.join()

    def _wait(self, patience: float) -> bool:
        if not self._waiting.acquire(blocking=False):
            return False
        try:
            return self._read.wait(patience)
        finally:
            self._waiting.release()

    def _read_behind(self, runtime: "Runtime") -> None:
        """Where it fails, the next request reads by itself and says why."""
        try:
            ctx = runtime.context()
            with ctx.reading() as session:
                self._read_anew(ctx, session)
        except Stopped:
            pass
        except Exception:
            _log.exception("the overview of the catalogue could not be read")
        finally:
            self._reader = None
            self._read.set()

    def _is_new(self, marks: tuple[int, int]) -> bool:
        now = monotonic()
        looked = not self._passed or now - self._checked < 1.0
        return self._overview is not None and marks == self._marks and looked and now < self._popular_until

    def _catch_up(self, ctx: Context, marks: tuple[int, int]) -> None:
        if self._reader is not None and self._overview is not None:
            return
        now, position = monotonic(), ctx.runtime.pages.news.position
        overview = self._overview
        if overview is None or not self._can_follow(ctx.session, marks):
            if overview is not None and overview.size > MOST_CHANGES:
                self.begin(ctx.runtime)
                return
            self._settled, self._applied = self._settled_before(marks), (set(), set())
            overview = read_overview(ctx.session, self._locales)
        else:
            overview = self._follow(ctx.session, overview)
            if overview is None:
                self.begin(ctx.runtime)
                return
        if now >= self._popular_until:
            overview = self._with_sold(ctx.session, ctx, overview)
        self._install(overview, marks, now, position)

    def _read_anew(self, ctx: Context, session: Session) -> None:
        now, position, marks = monotonic(), ctx.runtime.pages.news.position, _marks(session)
        overview = read_overview(session, self._locales, self._stopped.is_set)
        overview = self._with_sold(session, ctx, overview)
        with self._lock:
            self._settled, self._applied = self._settled_before(marks), (set(), set())
            self._install(overview, marks, now, position)

    def _install(self, overview: Overview, marks: tuple[int, int], now: float, position: Position) -> None:
        self._settle(now, marks)
        self._overview, self._marks, self._checked, self._position = overview, marks, now, position

    def _can_follow(self, session: Session, marks: tuple[int, int]) -> bool:
        """Not after a restore or a purge (the marks went back), nor when what was missed has been tidied away."""
        if marks < self._marks and (marks[0] < self._marks[0] or marks[1] < self._marks[1]):
            return False
        oldest = session.execute(_OLDEST).scalar()
        return oldest is None or oldest <= self._settled[0] + 1 or marks[0] == self._marks[0]

    def _follow(self, session: Session, overview: Overview) -> Overview | None:
        """None where there is too much to follow."""
        rows = [r for r in session.execute(_CHANGES, {"seen": self._settled[0]}) if r.id not in self._applied[0]]
        moved = [r for r in session.execute(_MOVED, {"seen": self._settled[1]}) if r.id not in self._applied[1]]
        if len(rows) > MOST_CHANGES or len(moved) > MOST_CHANGES:
            return None
        self._applied[0].update(r.id for r in rows)
        self._applied[1].update(r.id for r in moved)
        products = sorted({r.product_id for r in rows})
        for start in range(0, len(products), PART):
            part = products[start : start + PART]
            facts = read_facts(session, part)
            overview = changed(overview, facts, set(part) - {f.id for f in facts}, self._locales)
        others = sorted({r.product_id for r in moved} - set(products))
        for start in range(0, len(others), PART):
            overview = with_buyable(overview, read_buyable(session, others[start : start + PART]))
        return overview

    def _settled_before(self, marks: tuple[int, int]) -> tuple[int, int]:
        """Where changes become visible late, some way back: what was on its way while everything was read is read again."""
        return (max(0, marks[0] - 1_000), max(0, marks[1] - 1_000)) if self._late else marks

    def _settle(self, now: float, marks: tuple[int, int]) -> None:
        if not self._late:
            self._settled, self._applied = marks, (set(), set())
            return
        if marks != self._marks:
            self._passed.append((now, marks))
        while self._passed and now - self._passed[0][0] > self._late:
            self._settled = self._passed.pop(0)[1]
        self._applied = (
            {i for i in self._applied[0] if i > self._settled[0]},
            {i for i in self._applied[1] if i > self._settled[1]},
        )

    def _with_sold(self, session: Session, ctx: Context, overview: Overview) -> Overview:
        today = ctx.now()
        months = today.year * 12 + today.month - MONTHS  # the month so many before, counted from zero
        since = f"{months // 12:04d}-{months % 12 + 1:02d}"
        rows = session.execute(_POPULAR, {"since": since})
        sold = {overview.ordinals[r.product_id]: int(r.units) for r in rows if r.product_id in overview.ordinals}
        self._popular_until = monotonic() + POPULAR_LASTS
        return replace(overview, sold=sold)


def _marks(session: Session) -> tuple[int, int]:
    row = session.execute(_MARKS).one()
    return row.changes or 0, row.movements or 0
