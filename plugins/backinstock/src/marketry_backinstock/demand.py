"""What shoppers wait for, for staff: numbers, no addresses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import col

from marketry import Context
from marketry.commerce.items import Item
from marketry_backinstock.goods import items
from marketry_backinstock.models import Waiting

READ = "backinstock.demand.read"


@dataclass(frozen=True, slots=True)
class Demand:
    """`item` None: nobody sells it now."""

    sku: str
    item: Item | None
    waiting: int
    since: datetime


def demand(ctx: Context, limit: int = 200) -> Sequence[Demand]:
    """Articles by how many wait for them. Inside a session."""
    waiting, since = func.count(), func.min(col(Waiting.since), type_=Waiting.__table__.c.since.type)  # type: ignore[attr-defined]
    grouped = select(col(Waiting.sku), waiting, since).where(col(Waiting.state) == "waiting").group_by(col(Waiting.sku))
    rows = ctx.session.execute(grouped.order_by(waiting.desc(), col(Waiting.sku)).limit(limit)).all()
    known = items(ctx, [sku for sku, _, _ in rows]) if rows else {}
    return [Demand(sku, known.get(sku), int(count), oldest) for sku, count, oldest in rows]
