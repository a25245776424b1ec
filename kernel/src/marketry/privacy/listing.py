"""What staff see of erasures: when, where done, where waiting; not whose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketry.privacy.erasing import running
from marketry.privacy.exporting import not_asked
from marketry.privacy.tables import ERASURES, PARTS

if TYPE_CHECKING:
    from marketry.context import Context


@dataclass(frozen=True, slots=True)
class ErasureState:
    """`done` says when each plugin forgot; `waiting` are those that still have to: disabled ones with tables in this database."""

    id: str
    asked_at: datetime
    done: Mapping[str, datetime]
    waiting: Sequence[str]
    rows: int
    in_journal: bool


def erasures(ctx: "Context", limit: int = 50) -> list[ErasureState]:
    """The newest erasures that are kept. Inside a session."""
    columns = (ERASURES.c.id, ERASURES.c.asked_at, ERASURES.c.journaled_at)
    found = ctx.session.execute(select(*columns).order_by(ERASURES.c.asked_at.desc(), ERASURES.c.id).limit(limit)).all()
    parts = ctx.session.execute(select(PARTS).where(PARTS.c.erasure_id.in_([row.id for row in found]))).all() if found else []
    needed = [*running(ctx), *not_asked(ctx)]
    states = []
    for row in found:
        mine = {part.plugin: part for part in parts if part.erasure_id == row.id}
        done = {plugin: part.done_at for plugin, part in mine.items()}
        waiting = [plugin for plugin in needed if plugin not in mine]
        rows = sum(part.rows for part in mine.values())
        states.append(ErasureState(row.id, row.asked_at, done, waiting, rows, row.journaled_at is not None))
    return states
