"""Work that came to a stop and waits for somebody."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from marketry.jobs.tables import PARKED, OutboxRow

if TYPE_CHECKING:
    from marketry import Context

CAP = 100
_parked: Any = select(func.count()).select_from(
    select(OutboxRow.id).where(OutboxRow.state == PARKED).limit(CAP).subquery()  # type: ignore[call-overload]
)


def parked_count(ctx: "Context") -> int:
    """Parked rows of the outbox, counted no further than 100."""
    with ctx.reading() as session:
        return int(session.execute(_parked).scalar_one())


def parked_badge(ctx: "Context") -> int | None:
    return parked_count(ctx) or None
