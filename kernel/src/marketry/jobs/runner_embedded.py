"""Running the outbox in threads of the web process, where no Redis is configured.

Several processes on one database share the rows by their leases. A commit in this process wakes a thread at once; the rest
is found by looking every second, which is one indexed read.
"""

import threading
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import exists, select

from marketry.jobs.leases import RUNNABLE
from marketry.jobs.running import run, take
from marketry.jobs.schedule import tick

if TYPE_CHECKING:
    from marketry.runtime import Runtime

log = structlog.get_logger("marketry.jobs")
POLL = 1.0
_ANY_RUNNABLE = select(exists().where(RUNNABLE))


class EmbeddedRunner:
    """`start()` after fork, `stop()` waits for what is running."""

    def __init__(self, runtime: "Runtime", threads: int = 2) -> None:
        self._runtime = runtime
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._loop, args=(number,), name=f"outbox-{number}", daemon=True) for number in range(threads)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 20) -> None:
        """Take nothing new and wait up to `timeout` seconds; what is cut off comes back when its lease is up."""
        self._stopping.set()
        self._runtime.outbox.wake.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout)

    def _loop(self, number: int) -> None:
        while not self._stopping.is_set():
            try:
                worked = (number == 0 and tick(self._runtime) > 0) | self._work()
            except Exception as error:  # the database is away: say so and look again
                log.error("outbox_runner_failed", error=repr(error))
                worked = False
            if not worked:
                self._runtime.outbox.wake.wait(POLL)
                self._runtime.outbox.wake.clear()

    def _work(self) -> bool:
        """Run one row if there is one. Looking first costs a read, taking costs the write lock."""
        due = {"now": self._runtime.clock(), "known": list(self._runtime.outbox.handlers)}
        with self._runtime.database.reading() as session:
            if not session.scalar(_ANY_RUNNABLE, due):
                return False
        rows = take(self._runtime, 1)
        for row in rows:
            run(self._runtime, row)
        return bool(rows)
