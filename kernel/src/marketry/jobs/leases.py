"""Taking rows of the outbox by lease, renewing the lease, and giving the row back as done, to be retried, or parked."""

import os
import secrets
import socket
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Update, and_, bindparam, exists, or_, select, update
from sqlalchemy.orm import Session

from marketry.jobs.tables import DONE, OUTBOX, PARKED, WAITING

# A killed worker's row comes back after this; longer work renews it at a third of this time.
LEASE = timedelta(seconds=30)
# Pauses before the second, third … attempt; after the last one the row is parked.
BACK_OFF = tuple(timedelta(seconds=s) for s in (5, 15, 60, 300, 900, 3600, 4 * 3600, 12 * 3600))
ATTEMPTS = len(BACK_OFF) + 1


@dataclass(frozen=True, slots=True)
class Leased:
    """A row that is ours until the lease is up. `attempt` counts from 1."""

    id: int
    handler: str
    payload: Any
    attempt: int
    holder: str


class LeaseLost(Exception):
    """Somebody else has taken the row meanwhile; what was done in the transaction is rolled back."""


def new_holder() -> str:
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(6)}"


def _runnable() -> ColumnElement[bool]:
    """Rows that may run `:now`: due, free, of a handler that is here (`:known`), and first of their subject.

    Rows of disabled plugins have no handler, so they wait. A parked row keeps back those of its own subject only.
    """
    row, earlier = OUTBOX.c, OUTBOX.alias("earlier").c
    before = and_(earlier.handler == row.handler, earlier.subject == row.subject, earlier.id < row.id, earlier.state != DONE)
    now = bindparam("now", type_=row.due_at.type)
    return and_(
        row.state == WAITING,
        row.due_at <= now,
        or_(row.lease_until.is_(None), row.lease_until < now),
        row.handler.in_(bindparam("known", expanding=True)),
        or_(row.subject == "", ~exists().where(before)),
    )


# Built once: every process asks these many times a second, and building one costs more than running it.
RUNNABLE = _runnable()
RUNNABLE_IDS = (
    select(OUTBOX.c.id)
    .where(RUNNABLE)
    .order_by(OUTBOX.c.due_at, OUTBOX.c.id)
    .limit(bindparam("limit", type_=Integer))
    .with_for_update(skip_locked=True, of=OUTBOX)  # rows that another transaction is taking are skipped
)
_RUNNABLE_ONE = RUNNABLE_IDS.where(OUTBOX.c.id == bindparam("only"))
_TAKE = (
    update(OUTBOX)
    .where(OUTBOX.c.id.in_(bindparam("ids", expanding=True)))
    .values(lease_until=bindparam("until"), lease_holder=bindparam("holder"), attempts=OUTBOX.c.attempts + 1)
    .returning(OUTBOX.c.id, OUTBOX.c.handler, OUTBOX.c.payload, OUTBOX.c.attempts)
)


def lease(session: Session, now: datetime, known: Collection[str], limit: int = 1, only: int | None = None) -> list[Leased]:
    """Take up to `limit` runnable rows, the longest due first (or just the row `only`), for LEASE.

    A row whose runners ended too often before it was done is parked instead of returned.
    """
    due = {"now": now, "known": list(known), "limit": limit}
    ids = list(session.scalars(RUNNABLE_IDS, due) if only is None else session.scalars(_RUNNABLE_ONE, {**due, "only": only}))
    if not ids:
        return []
    holder = new_holder()
    taken = session.connection().execute(_TAKE, {"ids": ids, "until": now + LEASE, "holder": holder})
    rows = sorted((Leased(t.id, t.handler, t.payload, t.attempts, holder) for t in taken), key=lambda row: row.id)
    for row in rows:
        if row.attempt > ATTEMPTS:
            give_back(session, row, now, "every process that ran it ended before it was done", repeats=False)
    return [row for row in rows if row.attempt <= ATTEMPTS]


def renew(session: Session, rows: Sequence[Leased], now: datetime) -> None:
    for row in rows:
        session.execute(_ours(row).values(lease_until=now + LEASE))


def receipt(session: Session, row: Leased, now: datetime) -> None:
    """Mark the row done in the transaction of its effect. LeaseLost where it is no longer ours."""
    _settle(session, row, {"state": DONE, "finished_at": now, "error": None})


def give_back(session: Session, row: Leased, now: datetime, error: str, *, repeats: bool) -> bool:
    """After a failure: due again after a pause, or parked when it was the last attempt. Returns whether it was parked."""
    parked = repeats or row.attempt >= ATTEMPTS
    then = {"state": PARKED, "finished_at": now} if parked else {"due_at": now + BACK_OFF[row.attempt - 1]}
    _settle(session, row, {"error": error, "handed_at": None, **then})
    return parked


def _ours(row: Leased) -> Update:
    return update(OUTBOX).where(OUTBOX.c.id == row.id, OUTBOX.c.state == WAITING, OUTBOX.c.lease_holder == row.holder)


def _settle(session: Session, row: Leased, values: Mapping[str, Any]) -> None:
    result = session.connection().execute(_ours(row).values(**values, lease_until=None, lease_holder=None))
    if result.rowcount != 1:
        raise LeaseLost(f"row {row.id} of the outbox ({row.handler}) was taken by somebody else")
