"""Removing what has served: finished rows of the outbox, old webhooks and mails, a batch at a time."""

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Table, delete, select
from sqlalchemy.orm import Session

from marketry.jobs.tables import DONE, OUTBOX, WEBHOOKS
from marketry.mail.keeping import outlived
from marketry.mail.tables import MAILS
from marketry.web.pagecache.tables import PURGES

if TYPE_CHECKING:
    from marketry.context import Context

# Longer than any sender repeats itself: the key of a finished row is what makes a repetition harmless.
KEEP_DONE = timedelta(days=30)
KEEP_WEBHOOKS = timedelta(days=90)
KEEP_PURGES = timedelta(hours=2)  # twice as long as any page is kept (web/pagecache/news.py)
BATCH = 1000


def tidy(ctx: "Context") -> None:
    """Delete in short transactions, so that nobody waits."""
    now = ctx.now()
    _sweep(ctx, OUTBOX, (OUTBOX.c.state == DONE) & (OUTBOX.c.finished_at < now - KEEP_DONE))
    _sweep(ctx, WEBHOOKS, WEBHOOKS.c.received_at < now - KEEP_WEBHOOKS)
    _sweep(ctx, PURGES, PURGES.c.at < now - KEEP_PURGES)
    _sweep(ctx, MAILS, outlived(ctx))


def _sweep(ctx: "Context", table: Table, old: ColumnElement[bool]) -> None:
    def batch(session: Session) -> int:
        ids = select(table.c.id).where(old).limit(BATCH).scalar_subquery()
        return session.connection().execute(delete(table).where(table.c.id.in_(ids))).rowcount

    while ctx.runtime.database.run(batch) == BATCH:
        pass
