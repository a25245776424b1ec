"""Telling lists, in every process, that something of products has changed that they know."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from marketry_catalog.models.search import change

KEPT = 10_000  # rows: a process that has missed more reads everything anew
_TIDY = delete(change).where(change.c.id < bindparam("oldest"))


def mark_changed(session: Session, products: Sequence[int]) -> None:
    """In the transaction that changes them: their categories, options, attributes, prices, titles, whether they are shown."""
    if products:
        session.connection().execute(insert(change), [{"product_id": i} for i in products])


def tidy_changes(session: Session) -> None:
    """Keep the newest rows only; one stays in any case, since SQLite counts on from the highest id that is there."""
    newest = session.execute(select(func.max(change.c.id))).scalar()
    if newest:
        session.execute(_TIDY, {"oldest": newest - KEPT + 1})
