"""Purging pages: the row is written with the change, and after the commit those who listen at Redis are told."""

from typing import TYPE_CHECKING

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from marketry.database.session import after_commit, before_commit
from marketry.web.pagecache.tables import PURGES

if TYPE_CHECKING:
    from marketry.context import Context

TAGS = "marketry.purged"
EVERYTHING = "everything"  # a tag that all pages bear
LONGEST = 160
# The number of the transaction tells who may have read before it committed; ids don't.
_POSTGRESQL = text(
    "INSERT INTO kernel_page_purge (xid, tag, at) "
    "SELECT pg_current_xact_id()::text::bigint, tag, CAST(:at AS timestamptz) FROM unnest(CAST(:tags AS text[])) AS tag"
)


def purge(ctx: "Context", *tags: str) -> None:
    """Drop every page that bears one of `tags`, in every process, from the commit of the surrounding transaction on."""
    if not ctx.in_transaction:
        raise RuntimeError("ctx.purge(…) belongs inside `with ctx.writing():`, together with what it makes visible")
    too_long = next((tag for tag in tags if len(tag) > LONGEST), None)
    if too_long is not None:
        raise ValueError(f"a tag has at most {LONGEST} characters: {too_long!r}")
    session = ctx.session
    if TAGS not in session.info:
        session.info[TAGS] = set[str]()
        before_commit(session, lambda: _write(ctx, session))
    session.info[TAGS].update(tags)


def _write(ctx: "Context", session: Session) -> None:
    """All tags of a transaction at once, last of all. Rows are only added: nobody waits for anybody."""
    tags = sorted(session.info.pop(TAGS))
    if not tags:
        return
    if ctx.runtime.database.dialect == "sqlite":
        session.connection().execute(insert(PURGES), [{"tag": tag, "at": ctx.now()} for tag in tags])
    else:
        session.connection().execute(_POSTGRESQL, {"tags": tags, "at": ctx.now()})
    after_commit(session, ctx.runtime.pages.announce)
