"""Building the index anew while the old one answers: a generation is filled beside it, then becomes the one that is read.

Each batch is one transaction that also says how far it came, so a rebuild that was killed goes on there. Products that change
meanwhile are written to both generations.
"""

from collections.abc import Callable

from sqlalchemy import bindparam, delete, func, select, text

from marketry import Context
from marketry_catalog.models.products import product
from marketry_catalog.models.search import search_entry
from marketry_catalog.queries.recent import changed
from marketry_catalog.search.documents import ROWS, documents_of
from marketry_catalog.search.engine import Rebuilt
from marketry_catalog.search.finding import engine_of
from marketry_catalog.search.state import State, locked_state, set_state
from marketry_catalog.search.vocabulary import forget_words, learn_words

BATCH = 500  # products in memory, and in a transaction, at a time
SEEN_WITHIN = 2.0  # seconds after which every process reads the new generation
SWEPT = 5_000  # rows of a former generation that go in one transaction
_NEXT = ROWS.where(product.c.id > bindparam("after")).order_by(product.c.id).limit(BATCH)
_COUNT = select(func.count()).select_from(product)
_OLD = select(search_entry.c.id).where(search_entry.c.generation.not_in(bindparam("kept", expanding=True))).limit(SWEPT)
_SETTLE = tuple(
    text(statement)
    for statement in (
        "SELECT gin_clean_pending_list('ix_catalog_search_entry_vector'::regclass)",
        "ANALYZE catalog_search_entry",
        "ANALYZE catalog_search_term",
        "ANALYZE catalog_search_near",
    )
)
Progress = Callable[[int, int], None]  # products done, of so many


def rebuild(ctx: Context, progress: Progress | None = None, *, fresh: bool = False) -> int:
    """Build and swap; returns how many products were indexed by this call. Goes on where an unfinished one stopped, unless
    `fresh`."""
    with ctx.writing():
        state = locked_state(ctx)
        if fresh or not state.building:
            building = max(state.generation, state.building) + 1
            state = State(state.generation, building, 0)
            set_state(ctx, state)
        changed(ctx.session)
    with ctx.reading() as session:
        total = session.execute(_COUNT).scalar_one()
    done = 0
    while batch := _build_next(ctx, state.building):
        done += batch
        if progress:
            progress(done, total)
    with ctx.writing() as session:
        if ctx.runtime.database.dialect == "postgresql":
            for statement in _SETTLE:  # or the first searches read what was just written row by row
                session.execute(statement)
        engine = engine_of(ctx)
        if isinstance(engine, Rebuilt):
            engine.swap(ctx)
        state = locked_state(ctx)
        set_state(ctx, State(state.building, 0, 0))
        changed(ctx.session)
    return done


def _build_next(ctx: Context, building: int) -> int:
    """One batch; its size. RuntimeError where another rebuild has taken over."""
    with ctx.writing() as session:
        state = locked_state(ctx)
        if state.building != building:
            raise RuntimeError("another rebuild of the search index was started meanwhile and goes on")
        rows = session.execute(_NEXT, {"after": state.built_to}).all()
        if rows:
            documents = documents_of(ctx, rows)
            engine = engine_of(ctx)
            (engine.build if isinstance(engine, Rebuilt) else engine.index)(ctx, documents)
            learn_words(ctx, documents, building, counting=True)
            set_state(ctx, State(state.generation, building, rows[-1].id))
        return len(rows)


def sweep(ctx: Context) -> None:
    """Delete what former generations left. Processes may read them for a second after the swap, so this comes later."""
    while True:
        with ctx.writing() as session:
            state = locked_state(ctx)
            old = list(session.execute(_OLD, {"kept": list(state.kept)}).scalars())
            if not old:
                forget_words(ctx, state.kept)
                return
            session.execute(delete(search_entry).where(search_entry.c.id.in_(old)))
