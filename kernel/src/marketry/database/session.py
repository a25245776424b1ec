"""What belongs to one unit of work: callbacks after its commit, and doing the whole of it again when safe."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

T = TypeVar("T")
BEFORE_COMMIT = "marketry.before_commit"
AFTER_COMMIT = "marketry.after_commit"

# PostgreSQL: serialization_failure, deadlock_detected (https://www.postgresql.org/docs/current/errcodes-appendix.html)
RETRIABLE = frozenset({"40001", "40P01"})


def before_commit(session: Session, callback: Callable[[], None]) -> None:
    """Call `callback` as the last thing of the surrounding `writing()`, in its transaction; an exception in it undoes all."""
    session.info.setdefault(BEFORE_COMMIT, []).append(callback)


def after_commit(session: Session, callback: Callable[[], None]) -> None:
    """Call `callback` once the surrounding `writing()` has committed; never when it is rolled back.

    For hints only (wake a runner): a process that is killed right after the commit never calls it.
    """
    session.info.setdefault(AFTER_COMMIT, []).append(callback)


def is_retriable(error: BaseException) -> bool:
    """Whether the database undid the transaction only because of its neighbours."""
    if not isinstance(error, DBAPIError):
        return False
    if getattr(error.orig, "sqlstate", None) in RETRIABLE:
        return True
    return "database is locked" in str(error.orig)


def again(work: Callable[[], T], attempts: int) -> T:
    """`work()`, repeated with a short random pause while it fails for its neighbours' sake."""
    for attempt in range(1, attempts + 1):
        try:
            return work()
        except DBAPIError as error:
            if attempt == attempts or not is_retriable(error):
                raise
            time.sleep(random.uniform(0.005, 0.03) * 2**attempt)  # noqa: S311 – spreads retries, guards nothing
    raise AssertionError("unreachable")
