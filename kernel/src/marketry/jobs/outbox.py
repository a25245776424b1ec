"""The outbox: work is written in the transaction that makes it necessary, so neither can happen without the other."""

import secrets
import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from marketry.commerce.events import Event
from marketry.database.session import after_commit
from marketry.hookspecs import events, operations
from marketry.jobs.codec import encode_event
from marketry.jobs.handlers import handlers, subscriber_name
from marketry.jobs.kernel import KERNEL_JOBS, KERNEL_SCHEDULES
from marketry.jobs.tables import OUTBOX
from marketry.jobs.values import IMPORT, Schedule, Subscriber

if TYPE_CHECKING:
    from marketry.context import Context
    from marketry.runtime import Runtime


class UnknownJob(LookupError):
    """No enabled plugin declares this job."""


class Outbox:
    """One per runtime. `wake` is set after each commit that wrote rows, so that a runner in this process looks at once."""

    def __init__(self, runtime: "Runtime") -> None:
        subscribers: tuple[Subscriber, ...] = runtime.collected(events.subscribe)
        self.schedules: tuple[Schedule, ...] = (*KERNEL_SCHEDULES, *runtime.collected(operations.schedules))
        self.handlers = handlers(subscribers, (*KERNEL_JOBS, *runtime.collected(operations.jobs)), self.schedules)
        self.wake = threading.Event()
        self._subscribers: dict[str, list[Subscriber]] = {}
        for subscriber in subscribers:
            self._subscribers.setdefault(subscriber.event.type, []).append(subscriber)

    def publish(self, ctx: "Context", event: Event) -> None:
        """A row per subscriber of the event's type, in the current transaction. No subscriber: nothing is written.

        In the channel "import" those that tell people the news get nothing.
        """
        past = ctx.channel == IMPORT
        subscribers = [s for s in self._subscribers.get(event.type, ()) if not (past and s.news)]
        if not subscribers:
            return
        key, payload = secrets.token_hex(16), encode_event(event)
        self._write(ctx, (self._row(ctx, subscriber_name(s), key, payload, event.subject) for s in subscribers))

    def enqueue(
        self, ctx: "Context", job: str, payload: Mapping[str, Any], *, key: str, delay: float = 0, subject: str = ""
    ) -> None:
        """The job `<plugin>.<name>` in the current transaction; nothing where `key` was queued before for this job.

        `delay` in seconds. Jobs of one name and `subject` run in the order of their enqueuing.
        """
        handler = f"job:{job}"
        if handler not in self.handlers:
            known = ", ".join(sorted(name[4:] for name in self.handlers if name.startswith("job:"))) or "none"
            raise UnknownJob(f"no enabled plugin declares the job {job}; there are: {known}")
        self._write(ctx, [self._row(ctx, handler, key, dict(payload), subject, delay)])

    def _row(self, ctx: "Context", handler: str, key: str, payload: Any, subject: str, delay: float = 0) -> dict[str, Any]:
        now = ctx.now()
        return {
            "handler": handler, "key": key, "subject": subject, "payload": payload, "state": "waiting", "attempts": 0,
            "created_at": now, "due_at": now + timedelta(seconds=delay),
        }  # fmt: skip

    def _write(self, ctx: "Context", rows: Iterable[dict[str, Any]]) -> None:
        if not ctx.in_transaction:
            raise RuntimeError("the outbox is written inside `with ctx.writing():`, together with what makes it true")
        insert_rows(ctx.session, list(rows))
        after_commit(ctx.session, self.wake.set)


def insert_rows(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Insert outbox rows; those whose handler and key are there already are left out."""
    session.connection().execute(_INSERT[session.get_bind().dialect.name], rows)


_INSERT = {
    "sqlite": sqlite_insert(OUTBOX).on_conflict_do_nothing(index_elements=["handler", "key"]),
    "postgresql": postgresql_insert(OUTBOX).on_conflict_do_nothing(index_elements=["handler", "key"]),
}
