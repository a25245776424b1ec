"""What kept pages of the shop bear of ours: one tag, since header and footer of every page link what we place there."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from marketry import Context
from marketry.database import UTCDateTime
from marketry_pages.models import entry

TAG = "pages"
_NOW = bindparam("now", type_=UTCDateTime())


def _soonest(moment: Any) -> Any:
    return select(func.min(moment, type_=UTCDateTime())).where(entry.c.published, moment > _NOW).scalar_subquery()


_NEXT = select(_soonest(entry.c.publish_at).label("begins"), _soonest(entry.c.publish_until).label("ends"))


def shows_entries(ctx: Context) -> None:
    """The page shows, lists or links entries; it holds until the next of them appears or goes by its schedule."""
    if TAG in ctx.drawn.tags:
        return
    ctx.tag(TAG)
    moments: list[datetime | None] = list(ctx.session.execute(_NEXT, {"now": ctx.now()}).one())
    for moment in moments:
        if moment is not None:
            ctx.holds_until(moment)


def entries_changed(ctx: Context) -> None:
    ctx.purge(TAG)
