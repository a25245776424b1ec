"""What is still to be forgotten: after a restore, and after a plugin was enabled again. And forgetting whom one has forgotten."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select

from marketry.privacy import journal
from marketry.privacy.erasing import carry_out, due_in, running
from marketry.privacy.exporting import not_asked
from marketry.privacy.people import unseal
from marketry.privacy.tables import ERASURES, PARTS
from marketry.settings.retention import erasures_kept_for
from marketry.telemetry import log

if TYPE_CHECKING:
    from marketry.context import Context


@dataclass(frozen=True, slots=True)
class Replayed:
    """`regained` erasures came out of the journal, `carried_out` were done, wholly or in part; `rows` changed by them;
    `unreadable` are sealed under a key that the site no longer has."""

    regained: int = 0
    carried_out: int = 0
    rows: int = 0
    unreadable: int = 0


def replay(ctx: "Context") -> Replayed:
    """Take over what only the journal knows, and do all that is still to be done. Not inside a transaction."""
    regained = _regain(ctx)
    done = carry_out_due(ctx)
    return Replayed(regained, done.carried_out, done.rows, done.unreadable)


def tend(ctx: "Context") -> None:
    """What the clock does: write the journal, do what is due, forget what is old."""
    journal.write_missing(ctx)
    carry_out_due(ctx)
    forget_old(ctx)


def _regain(ctx: "Context") -> int:
    oldest = ctx.now() - erasures_kept_for(ctx.site)
    entries = [entry for entry in journal.read_journal(ctx.runtime) if entry.asked_at >= oldest]
    with ctx.writing() as session:
        known = set(session.scalars(select(ERASURES.c.id)))
        lost = [entry for entry in entries if entry.id not in known]
        for entry in lost:
            values = {"id": entry.id, "sealed": entry.sealed, "asked_at": entry.asked_at, "journaled_at": ctx.now()}
            session.execute(insert(ERASURES).values(**values))
    return len(lost)


def carry_out_due(ctx: "Context") -> Replayed:
    """Let those parts of the site forget that run now and have not; a transaction per erasure."""
    parts = running(ctx)
    done = select(func.count()).where(PARTS.c.erasure_id == ERASURES.c.id, PARTS.c.plugin.in_(parts)).scalar_subquery()
    with ctx.reading() as session:
        due = list(session.scalars(select(ERASURES.c.id).where(done < len(parts)).order_by(ERASURES.c.asked_at)))
    carried_out = rows = unreadable = 0
    for erasure in due:
        try:
            rows += _carry_out_one(ctx, erasure)
            carried_out += 1
        except ValueError:
            unreadable += 1
            log.error("erasure_unreadable", erasure=erasure, mend="Set the former key beside the new one, and replay.")
    return Replayed(0, carried_out, rows, unreadable)


def _carry_out_one(ctx: "Context", erasure: str) -> int:
    with ctx.writing() as session:
        sealed = session.scalar(select(ERASURES.c.sealed).where(ERASURES.c.id == erasure).with_for_update())
        return carry_out(ctx, erasure, unseal(ctx.site, sealed), due_in(ctx, erasure)) if sealed else 0


def forget_old(ctx: "Context") -> int:
    """Forget erasures that are older than the site keeps them and wait for nobody, in the journal, too; returns how many."""
    before = ctx.now() - erasures_kept_for(ctx.site)
    with ctx.reading() as session:
        needed = [*running(ctx), *not_asked(ctx)]
        done = select(func.count()).where(PARTS.c.erasure_id == ERASURES.c.id, PARTS.c.plugin.in_(needed)).scalar_subquery()
        columns = (ERASURES.c.id, ERASURES.c.sealed, ERASURES.c.asked_at)
        old = select(*columns).where(ERASURES.c.asked_at < before, done >= len(needed))
        entries = [journal.Entry(*row) for row in session.execute(old)]
    for entry in entries:
        journal.remove(ctx.runtime, entry)
        with ctx.writing() as session:
            session.execute(delete(ERASURES).where(ERASURES.c.id == entry.id))
    return len(entries)
