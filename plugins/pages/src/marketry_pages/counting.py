"""How often redirects are used, and which addresses are asked for in vain: counted in each process, written once a minute.

About right is enough here, and a robot that tries ten thousand addresses must not make ten thousand writes. Nothing is kept of
who asked: no query, no referrer, no address of a visitor, and no path that looks as if it named a person or a secret.
"""

import re
from collections import Counter
from datetime import timedelta
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from marketry import Context
from marketry_pages.models import missing, redirect

if TYPE_CHECKING:
    from marketry.runtime import Runtime

EVERY = 60.0  # seconds between two writes of a process
MOST_PATHS = 500  # different ones kept in a process between writes
MOST_KEPT = 5_000  # rows of the report
FORGOTTEN_AFTER = timedelta(days=90)
LONGEST = 200
# An e-mail address, or a run of letters and digits that no person chose.
_PERSONAL = re.compile(r"@|%40|(?=[^/]*\d)[A-Za-z0-9_\-]{24,}")


class Counts:
    """The counts of one process since the last write."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.hits: Counter[int] = Counter()
        self.missing: Counter[str] = Counter()
        self.written = monotonic()

    def taken(self, *, now: bool = False) -> "tuple[Counter[int], Counter[str]] | None":
        """What to write, if it is time."""
        with self.lock:
            if not now and monotonic() - self.written < EVERY:
                return None
            hits, paths = self.hits, self.missing
            self.hits, self.missing, self.written = Counter(), Counter(), monotonic()
        return (hits, paths) if hits or paths else None


_counts: "WeakKeyDictionary[Runtime, Counts]" = WeakKeyDictionary()


def counts_of(ctx: Context) -> Counts:
    return _counts.setdefault(ctx.runtime, Counts())


def count_hit(ctx: Context, rule_id: int) -> None:
    counts = counts_of(ctx)
    with counts.lock:
        counts.hits[rule_id] += 1
    write(ctx)


def count_missing(ctx: Context, path: str) -> None:
    counts = counts_of(ctx)
    with counts.lock:
        if countable(path) and (path in counts.missing or len(counts.missing) < MOST_PATHS):
            counts.missing[path] += 1
    write(ctx)


def countable(path: str) -> bool:
    """Whether `path` may be kept: short, printable, and naming neither a person nor a secret."""
    return len(path) <= LONGEST and path.isprintable() and not _PERSONAL.search(path)


def write(ctx: Context, *, now: bool = False) -> None:
    """Write what was counted, if a minute has passed or it must be `now`."""
    taken = counts_of(ctx).taken(now=now)
    if taken is None or not ctx.can_write:
        return
    hits, paths = taken
    at = ctx.now()
    with ctx.writing() as session:
        for rule_id, n in sorted(hits.items()):
            session.execute(update(redirect).where(redirect.c.id == rule_id).values(hits=redirect.c.hits + n, last_hit_at=at))
        if paths:
            dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
            statement = dialect.insert(missing)
            added = {"asked": missing.c.asked + statement.excluded.asked, "last_at": statement.excluded.last_at}
            rows = [{"path": path, "asked": n, "last_at": at} for path, n in sorted(paths.items())]
            session.execute(statement.on_conflict_do_update(index_elements=["path"], set_=added), rows)


def tidy(ctx: Context) -> None:
    """Forget addresses that nobody has asked for lately, and all but the most asked."""
    with ctx.writing() as session:
        session.execute(delete(missing).where(missing.c.last_at < ctx.now() - FORGOTTEN_AFTER))
        least = select(missing.c.asked).order_by(missing.c.asked.desc()).offset(MOST_KEPT).limit(1).scalar_subquery()
        session.execute(delete(missing).where(missing.c.asked <= func.coalesce(least, -1)))
