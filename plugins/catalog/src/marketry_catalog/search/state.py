"""Which generation of the index answers, and which is being built."""

from dataclasses import dataclass

from sqlalchemy import select, update

from marketry import Context
from marketry_catalog.models.search import search_state
from marketry_catalog.queries.recent import recent

_STATE = select(search_state.c.generation, search_state.c.building, search_state.c.built_to)
_LOCKED = _STATE.with_for_update()


@dataclass(frozen=True, slots=True)
class State:
    """See models.search.SearchState."""

    generation: int
    building: int
    built_to: int

    @property
    def kept(self) -> tuple[int, ...]:
        """The generations that a changed product is written to."""
        return (self.generation, self.building) if self.building else (self.generation,)


def state_of(ctx: Context) -> State:
    """As of now inside a transaction, else as of a second ago: former generations stay readable for longer than that."""
    return recent(ctx, "search state", lambda: State(*ctx.session.execute(_STATE).one()))


def locked_state(ctx: Context) -> State:
    """As of now, and nobody else changes it until this transaction ends."""
    return State(*ctx.session.execute(_LOCKED).one())


def set_state(ctx: Context, state: State) -> None:
    values = {"generation": state.generation, "building": state.building, "built_to": state.built_to}
    ctx.session.execute(update(search_state).values(values))
