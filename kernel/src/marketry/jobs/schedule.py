"""Schedules: ticks are the multiples of the interval since 1970; each is written to the outbox once, by whoever sees it first."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from marketry.jobs.outbox import insert_rows
from marketry.jobs.tables import OUTBOX, SCHEDULES, WAITING
from marketry.jobs.values import Schedule

if TYPE_CHECKING:
    from marketry.runtime import Runtime

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def next_tick(now: datetime, every: timedelta) -> datetime:
    """The first tick after `now`."""
    return EPOCH + ((now - EPOCH) // every + 1) * every


def tick(runtime: "Runtime") -> int:
    """Write the schedules that are due to the outbox; returns how many. Ticks missed in a pause are made up for once."""
    now = runtime.clock()
    with runtime.database.reading() as session:
        planned = {key: at for key, at in session.execute(select(SCHEDULES.c.key, SCHEDULES.c.next_at))}  # noqa: C416
    due = [s for s in runtime.outbox.schedules if planned.get(s.key, now) <= now]
    return sum(runtime.database.run(lambda session, s=s: _tick(session, s, now)) for s in due)  # type: ignore[misc]


def _tick(session: Session, schedule: Schedule, now: datetime) -> bool:
    following = next_tick(now, schedule.every)
    insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    first_seen = insert(SCHEDULES).values(key=schedule.key, next_at=following).on_conflict_do_nothing()
    if session.scalar(first_seen.returning(SCHEDULES.c.key)):
        return False
    due = (SCHEDULES.c.key == schedule.key, SCHEDULES.c.next_at <= now)
    if not session.connection().execute(update(SCHEDULES).where(*due).values(next_at=following)).rowcount:
        return False
    return _write(session, schedule, now, following)


def _write(session: Session, schedule: Schedule, now: datetime, following: datetime) -> bool:
    handler = f"schedule:{schedule.key}"
    of_handler = OUTBOX.c.handler == handler
    if session.scalar(select(exists().where(of_handler, OUTBOX.c.state == WAITING))):
        return False  # the last one hasn't run yet
    session.execute(delete(OUTBOX).where(of_handler))  # the last one has served, or failed and is made up for
    key = (following - schedule.every).isoformat()
    values = {"handler": handler, "key": key, "subject": "", "payload": {}, "state": WAITING, "attempts": 0}
    insert_rows(session, [values | {"created_at": now, "due_at": now}])
    return True
