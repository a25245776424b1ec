"""Keeping the lease of long work: a thread per process that renews what is running."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from marketry.jobs.handlers import Handler
from marketry.jobs.leases import LEASE, Leased, renew

if TYPE_CHECKING:
    from marketry.runtime import Runtime

log = structlog.get_logger("marketry.jobs")


@contextmanager
def renewing(runtime: "Runtime", row: Leased, handler: Handler) -> Iterator[None]:
    """Renew the lease of `row` at a third of its time while the block runs.

    Not where the handler holds SQLite's write lock: nobody else can take the row before it has committed.
    """
    if handler.transaction and runtime.database.dialect == "sqlite":
        yield
        return
    done = threading.Event()
    timer = threading.Timer(LEASE.total_seconds() / 3, _renew_until, (runtime, row, done))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        done.set()
        timer.cancel()


def _renew_until(runtime: "Runtime", row: Leased, done: threading.Event) -> None:
    while not done.is_set():
        try:
            runtime.database.run(lambda session: renew(session, [row], runtime.clock()))
        except Exception as error:  # a missed renewal is made up for by the next one
            log.warning("outbox_lease_not_renewed", handler=row.handler, row=row.id, error=repr(error))
        done.wait(LEASE.total_seconds() / 3)
