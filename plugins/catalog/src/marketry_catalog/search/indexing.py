"""Keeping the search index beside the products: what was changed is marked, a job indexes what is marked."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, update

from marketry import Context
from marketry.database import UTCDateTime
from marketry_catalog.models.products import product
from marketry_catalog.search.documents import ROWS, documents_of
from marketry_catalog.search.finding import engine_of
from marketry_catalog.search.state import locked_state
from marketry_catalog.search.vocabulary import learn_words

BATCH = 200
_WAITING = ROWS.where(product.c.indexed_at.is_(None)).order_by(product.c.id).limit(BATCH)
# What was changed again meanwhile stays marked.
_DONE = (
    update(product)
    .where(product.c.id == bindparam("row"), product.c.updated_at == bindparam("seen", type_=UTCDateTime()))
    .values(indexed_at=bindparam("at", type_=UTCDateTime()))
)


def index_marked(ctx: Context, payload: Mapping[str, Any] | None = None) -> None:
    """Index every marked product, 200 to a transaction."""
    while True:
        with ctx.writing() as session:
            state = locked_state(ctx)  # before the rows are read: a rebuild must not write older words over theirs
            rows = session.execute(_WAITING).all()
            if not rows:
                return
            documents = documents_of(ctx, rows)
            engine_of(ctx).index(ctx, documents)
            for generation in state.kept:
                learn_words(ctx, documents, generation, counting=False)
            ctx.purge("search")
            session.connection().execute(_DONE, [{"row": r.id, "seen": r.updated_at, "at": ctx.now()} for r in rows])
