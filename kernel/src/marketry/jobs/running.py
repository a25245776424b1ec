"""Running one leased row, and running all that is due in this thread. Both runners come here."""

import traceback
from typing import TYPE_CHECKING

import structlog
from prometheus_client import Counter, Histogram

from marketry.crashpoints import reach
from marketry.database.session import again
from marketry.jobs.handlers import Handler
from marketry.jobs.leases import Leased, LeaseLost, give_back, lease, receipt
from marketry.jobs.renewal import renewing
from marketry.web.values import SYSTEM

if TYPE_CHECKING:
    from marketry.runtime import Runtime

log = structlog.get_logger("marketry.jobs")
ERROR_LENGTH = 4000
RUNS = Counter("marketry_outbox_runs", "Rows of the outbox that were run", ["handler", "outcome"])
SECONDS = Histogram("marketry_outbox_seconds", "Time of a run", ["handler"], buckets=(0.01, 0.05, 0.25, 1, 5, 30, 300))


def run_pending(runtime: "Runtime", limit: int | None = None) -> int:
    """Run what is due, in this thread, until nothing is left or `limit` rows have run. Returns how many ran, well or not."""
    ran = 0
    while limit is None or ran < limit:
        rows = take(runtime, 1)
        if not rows:
            break
        run(runtime, rows[0])
        ran += 1
    return ran


def take(runtime: "Runtime", limit: int, only: int | None = None) -> list[Leased]:
    """Lease up to `limit` rows that may run now, or the row `only` if it may."""
    known = runtime.outbox.handlers.keys()
    rows = runtime.database.run(lambda session: lease(session, runtime.clock(), known, limit, only))
    if rows:
        reach("outbox.leased")
    return rows


def run(runtime: "Runtime", row: Leased) -> None:
    """Run one row and settle it. What the handler raises becomes the row's error; nothing is raised."""
    handler = runtime.outbox.handlers[row.handler]
    try:
        with renewing(runtime, row, handler), SECONDS.labels(row.handler).time():
            _effect_and_receipt(runtime, row, handler)
        reach("outbox.committed")
        RUNS.labels(row.handler, "done").inc()
    except LeaseLost:
        RUNS.labels(row.handler, "lost").inc()
        log.warning("outbox_lease_lost", handler=row.handler, row=row.id)
    except Exception as error:
        _failed(runtime, row, handler, error)


def _effect_and_receipt(runtime: "Runtime", row: Leased, handler: Handler) -> None:
    if not handler.transaction:
        handler.call(runtime.context(actor=SYSTEM, channel="job"), row.payload)
        reach("outbox.effect")
        runtime.database.run(lambda session: receipt(session, row, runtime.clock()))
        return

    def unit() -> None:
        ctx = runtime.context(actor=SYSTEM, channel="job")
        with ctx.writing() as session:
            handler.call(ctx, row.payload)
            reach("outbox.effect")
            receipt(session, row, runtime.clock())

    again(unit, attempts=5)


def _failed(runtime: "Runtime", row: Leased, handler: Handler, error: Exception) -> None:
    told = "".join(traceback.format_exception(error))[-ERROR_LENGTH:]
    try:
        parked = runtime.database.run(lambda session: give_back(session, row, runtime.clock(), told, repeats=handler.repeats))
    except LeaseLost:
        parked = False
    RUNS.labels(row.handler, "parked" if parked else "failed").inc()
    log.error("outbox_failed", handler=row.handler, row=row.id, attempt=row.attempt, parked=parked, error=repr(error))
