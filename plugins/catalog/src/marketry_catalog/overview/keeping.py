"""The overview of this process, as new as the database: each use asks for the newest changes, which costs two lookups of an
index."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from marketry import Context
from marketry.web.pagecache.position import START
from marketry_catalog.models.products import product, variant
from marketry_catalog.models.search import change, popularity
from marketry_catalog.models.stock import movement
from marketry_catalog.overview.facts import PART, Facts, read_buyable, read_facts
from marketry_catalog.overview.overview import Overview, changed, with_buyable
from marketry_catalog.queries.recent import PURGED_BY

if TYPE_CHECKING:
    from marketry.runtime import Runtime

# On PostgreSQL a lower id may become visible after a higher one: for so many seconds we look again at what was just passed.
LATE = 10.0
MOST_CHANGES = 5_000  # then everything is read anew
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
_IDS = select(product.c.id).where(product.c.id > bindparam("after")).order_by(product.c.id).limit(PART)
_POPULAR = (
    select(popularity.c.product_id, func.sum(popularity.c.units).label("units"))
    .where(popularity.c.month >= bindparam("since"))
    .group_by(popularity.c.product_id)
)
_kept: "WeakKeyDictionary[Runtime, Keeper]" = WeakKeyDictionary()
_guard = Lock()


def overview_of(ctx: Context) -> Overview:
    """As new as what `ctx.session` sees. Call it inside a session."""
    keeper = _kept.get(ctx.runtime)
    if keeper is None:
        with _guard:
            keeper = _kept.setdefault(ctx.runtime, Keeper(ctx.site.locales, ctx.runtime.database.dialect != "sqlite"))
    return keeper.overview(ctx)


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

    def overview(self, ctx: Context) -> Overview:
        row = ctx.session.execute(_MARKS).one()
        marks = (row.changes or 0, row.movements or 0)
        if self._passed:  # something may have committed late: looked for once a second, kept pages must not outlive it
            ctx.drawn.was_read(self._position, PURGED_BY)
        if self._is_new(marks):
            return self._current  # type: ignore[return-value]
        with self._lock:
            if not self._is_new(marks):
                self._catch_up(ctx, marks)
            return self._current  # type: ignore[return-value]

    @property
    def _current(self) -> Overview | None:
        return self._overview

    def _is_new(self, marks: tuple[int, int]) -> bool:
        now = monotonic()
        looked = not self._passed or now - self._checked < 1.0
        return self._overview is not None and marks == self._marks and looked and now < self._popular_until

    def _catch_up(self, ctx: Context, marks: tuple[int, int]) -> None:
        now, position = monotonic(), ctx.runtime.pages.news.position
        session = ctx.session
        overview = self._overview
        if overview is None or not self._can_follow(session, marks):
            overview = self._read_all(session)
            self._settled = marks if not self._late else self._settled_before(session, marks)
            self._applied = (set(), set())
        else:
            overview = self._follow(session, overview)
        if now >= self._popular_until:
            overview = replace(overview, sold=self._sold(ctx, overview))
            self._popular_until = now + POPULAR_LASTS
        self._settle(now, marks)
        self._overview, self._marks, self._checked, self._position = overview, marks, now, position

    def _can_follow(self, session: Session, marks: tuple[int, int]) -> bool:
        """Not after a restore or a purge (the marks went back), nor when what was missed has been tidied away."""
        if marks < self._marks and (marks[0] < self._marks[0] or marks[1] < self._marks[1]):
            return False
        oldest = session.execute(_OLDEST).scalar()
        return oldest is None or oldest <= self._settled[0] + 1 or marks[0] == self._marks[0]

    def _follow(self, session: Session, overview: Overview) -> Overview:
        rows = [r for r in session.execute(_CHANGES, {"seen": self._settled[0]}) if r.id not in self._applied[0]]
        moved = [r for r in session.execute(_MOVED, {"seen": self._settled[1]}) if r.id not in self._applied[1]]
        if len(rows) > MOST_CHANGES or len(moved) > MOST_CHANGES:
            return self._read_all(session)
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

    def _read_all(self, session: Session) -> Overview:
        return changed(Overview(), _everything(session), (), self._locales)

    def _settled_before(self, session: Session, marks: tuple[int, int]) -> tuple[int, int]:
        """Some way back, so that what was on its way while everything was read is read again."""
        return max(0, marks[0] - 1_000), max(0, marks[1] - 1_000)

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

    def _sold(self, ctx: Context, overview: Overview) -> dict[int, int]:
        today = ctx.now()
        months = today.year * 12 + today.month - MONTHS  # the month so many before, counted from zero
        since = f"{months // 12:04d}-{months % 12 + 1:02d}"
        rows = ctx.session.execute(_POPULAR, {"since": since})
        return {overview.ordinals[r.product_id]: int(r.units) for r in rows if r.product_id in overview.ordinals}


def _everything(session: Session) -> Iterable[Facts]:
    after = 0
    while True:
        ids = list(session.execute(_IDS, {"after": after}).scalars())
        yield from read_facts(session, ids)
        if len(ids) < PART:
            return
        after = ids[-1]
