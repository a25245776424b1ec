"""Running the outbox through RQ: a relay hands rows to Redis, RQ workers run them.

The outbox is the truth and Redis the road: a row says itself when it is done, so whatever Redis forgets is handed over again,
and what it says twice is run once. Only a row's number travels.
"""

import hashlib
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import bindparam, or_, update
from sqlalchemy.orm import Session

from marketry.jobs.leases import RUNNABLE_IDS
from marketry.jobs.running import run, take
from marketry.jobs.schedule import tick
from marketry.jobs.tables import OUTBOX

if TYPE_CHECKING:
    from marketry.runtime import Runtime

log = structlog.get_logger("marketry.jobs")

HAND_AGAIN_AFTER = timedelta(seconds=15)  # a row that was handed over and hasn't begun since
IN_REDIS_AT_MOST = 500  # the rest waits in the outbox, where it is safe and in order
POLL = 0.25
JOB_TIMEOUT = 3600  # seconds; the row's lease is renewed meanwhile
# RQ's defaults (420 and 600 seconds) leave the work of a killed worker lying for up to 814 s.
WORKER_TTL, MAINTENANCE_INTERVAL = 30, 20
_IDLE = RUNNABLE_IDS.where(or_(OUTBOX.c.handed_at.is_(None), OUTBOX.c.handed_at < bindparam("again")))

_runtime: "Runtime | None" = None  # of this worker process; a job in Redis knows only its number


def connect(redis_url: str) -> Redis:
    """No retries inside the client: the relay and the worker repeat for themselves."""
    return Redis.from_url(redis_url, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0))


def queue_of(runtime: "Runtime", connection: Redis) -> Queue:
    """The site's own queue: several sites may share one Redis."""
    url = runtime.database.url.render_as_string(hide_password=True)
    name = f"marketry-{hashlib.sha256(url.encode()).hexdigest()[:12]}"
    return Queue(name, connection=connection, serializer=JSONSerializer, default_timeout=JOB_TIMEOUT)


def run_row(row: int) -> None:
    """What RQ calls. The lease decides: a row that is done, taken or not its turn is left alone."""
    assert _runtime is not None, "a worker process is started by `marketry worker`"  # noqa: S101
    for leased in take(_runtime, 1, only=row):
        run(_runtime, leased)
    _runtime.outbox.wake.set()


class OutboxWorker(SimpleWorker):
    """An RQ worker that runs rows in its own process, on the runtime that it has booted."""

    max_connection_wait_time = 2.0
    told_to_stop = False

    def handle_warm_shutdown_request(self) -> None:
        self.told_to_stop = True
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]


def new_worker(runtime: "Runtime", queue: Queue) -> OutboxWorker:
    global _runtime
    _runtime = runtime
    return OutboxWorker(
        [queue], connection=queue.connection, worker_ttl=WORKER_TTL, maintenance_interval=MAINTENANCE_INTERVAL,
        job_monitoring_interval=5, serializer=JSONSerializer, log_job_description=False,
    )  # fmt: skip


class Relay:
    """A thread that ticks schedules and hands rows to RQ. Several relays may run: a row is handed over by one."""

    def __init__(self, runtime: "Runtime", queue: Queue) -> None:
        self._runtime = runtime
        self._queue = queue
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, daemon=True, name="outbox-relay")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._runtime.outbox.wake.set()
        self._thread.join(10)

    def _loop(self) -> None:
        wake = self._runtime.outbox.wake
        while not self._stopping.is_set():
            wake.clear()
            try:
                tick(self._runtime)
                self.hand_over()
            except Exception as error:  # database or Redis are away: say so and look again
                log.error("outbox_relay_failed", error=repr(error))
                self._stopping.wait(1)
            wake.wait(POLL)

    def hand_over(self) -> int:
        """Hand runnable rows to RQ; returns how many. Rows that Redis didn't take are free again at once."""
        room = IN_REDIS_AT_MOST - self._queue.count
        if room <= 0:
            return 0
        rows = self._runtime.database.run(lambda session: self._mark(session, room))
        for position, (row, attempts) in enumerate(rows):
            try:
                self._enqueue(row, attempts)
            except RedisError:
                left = [id for id, _ in rows[position:]]  # noqa: A001
                self._runtime.database.run(lambda session, left=left: _unmark(session, left))  # type: ignore[misc]
                raise
        return len(rows)

    def _mark(self, session: Session, limit: int) -> list[tuple[int, int]]:
        now = self._runtime.clock()
        due = {"now": now, "known": list(self._runtime.outbox.handlers), "limit": limit, "again": now - HAND_AGAIN_AFTER}
        ids = list(session.scalars(_IDLE, due))
        if not ids:
            return []
        marked = update(OUTBOX).where(OUTBOX.c.id.in_(ids)).values(handed_at=now)
        return sorted(session.execute(marked.returning(OUTBOX.c.id, OUTBOX.c.attempts)).tuples())

    def _enqueue(self, row: int, attempts: int) -> None:
        job = f"outbox-{row}-{attempts}"
        if self._queue.get_job_position(job) is None:
            self._queue.enqueue(f"{__name__}.run_row", row, job_id=job, result_ttl=0, failure_ttl=60)


def _unmark(session: Session, rows: list[int]) -> None:
    session.execute(update(OUTBOX).where(OUTBOX.c.id.in_(rows)).values(handed_at=None))
