"""The outbox as staff see it: work by state, and what can be done about a row."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, or_, select, update

from marketry.audit import audit
from marketry.database import paginate
from marketry.database.session import after_commit
from marketry.jobs.tables import DONE, PARKED, WAITING, OutboxRow
from marketry.problems import conflict, not_found
from marketry.web.values import Page

if TYPE_CHECKING:
    from marketry import Context

STATES = (WAITING, PARKED, DONE)
KINDS = ("subscriber", "job", "schedule")
BIGGEST = 2**63 - 1

# Each state in the order of the index that serves it.
_ORDERS: dict[str, list[tuple[Any, Any]]] = {
    WAITING: [(OutboxRow.due_at, "asc"), (OutboxRow.id, "asc")],
    PARKED: [(OutboxRow.finished_at, "desc"), (OutboxRow.id, "desc")],
    DONE: [(OutboxRow.finished_at, "desc"), (OutboxRow.id, "desc")],
}
_listed: Any = select(  # type: ignore[call-overload]
    OutboxRow.id, OutboxRow.handler, OutboxRow.subject, OutboxRow.state, OutboxRow.attempts, OutboxRow.created_at,
    OutboxRow.due_at, OutboxRow.finished_at, OutboxRow.lease_until, OutboxRow.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters:
    """`handler` is a whole handler name, `kind` one of KINDS, `subject` exact; empty: all."""

    state: str = PARKED
    kind: str = ""
    handler: str = ""
    subject: str = ""


def work(ctx: "Context", filters: Filters, cursor: str | None) -> Page:
    """Rows in one state, newest first (waiting ones by when they are due)."""
    statement = _listed.where(OutboxRow.state == filters.state)
    if filters.kind:
        statement = statement.where(OutboxRow.handler.startswith(f"{filters.kind}:"))
    if filters.handler:
        statement = statement.where(OutboxRow.handler == filters.handler)
    if filters.subject:
        statement = statement.where(OutboxRow.subject == filters.subject)
    return paginate(ctx.session, statement, order=_ORDERS[filters.state], cursor=cursor, limit=50)


def find_row(ctx: "Context", id: int) -> OutboxRow:
    row = ctx.session.get(OutboxRow, id) if 0 < id <= BIGGEST else None
    if row is None:
        raise not_found(ctx.gettext("There is no such piece of work. Finished work is swept after a while."))
    return row


def run_again(ctx: "Context", id: int) -> None:
    """Make a parked row, or one that waits for its next attempt, due now, with all its attempts ahead."""
    values = {"state": WAITING, "due_at": ctx.now(), "attempts": 0, "finished_at": None, "handed_at": None}
    _change(ctx, id, _free(ctx, id, WAITING, PARKED), values, "backoffice.outbox.run_again")
    after_commit(ctx.session, ctx.runtime.outbox.wake.set)


def park(ctx: "Context", id: int) -> None:
    """Stop attempting a waiting row. It keeps back later rows of its subject until it is run or discarded."""
    _change(ctx, id, _free(ctx, id, WAITING), {"state": PARKED, "finished_at": ctx.now()}, "backoffice.outbox.parked")


def discard(ctx: "Context", id: int) -> None:
    """Delete a row that isn't running; what it was to do never happens. The audit trail keeps what it was."""
    row = find_row(ctx, id)
    what = {"handler": row.handler, "key": row.key, "subject_of_work": row.subject, "error": (row.error or "")[:2000]}
    gone = ctx.session.execute(delete(OutboxRow).where(*_free(ctx, id, WAITING, PARKED)))
    _expect_one(ctx, gone)
    audit(ctx, "backoffice.outbox.discarded", f"outbox:{id}", **what)


def _change(ctx: "Context", id: int, where: tuple[Any, ...], values: dict[str, Any], action: str) -> None:
    handler = find_row(ctx, id).handler
    statement = update(OutboxRow).where(*where).values(**values).execution_options(synchronize_session=False)
    _expect_one(ctx, ctx.session.execute(statement))
    audit(ctx, action, f"outbox:{id}", handler=handler)


def _free(ctx: "Context", id: int, *states: str) -> tuple[Any, ...]:
    """The row, if it is in one of `states` and no worker holds it."""
    lease: Any = OutboxRow.lease_until
    return OutboxRow.id == id, OutboxRow.state.in_(states), or_(lease.is_(None), lease < ctx.now())  # type: ignore[attr-defined]


def _expect_one(ctx: "Context", result: Any) -> None:
    if result.rowcount != 1:
        raise conflict("outbox_changed", ctx.gettext("This work is running or has changed meanwhile. Look at it again."))
