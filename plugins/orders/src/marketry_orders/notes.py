"""Staff's own words on an order."""

from sqlalchemy import select

from marketry import Context
from marketry.problems import invalid
from marketry_orders.locking import lock_order
from marketry_orders.models import Order, TimelineEntry
from marketry_orders.timeline import record


def add_note(ctx: Context, number: str, text: str, *, public: bool = False, key: str = "") -> None:
    """Write a note into the timeline; `public` ones are shown on the buyer's order page. The same `key` twice is one note."""
    if not text.strip():
        raise invalid("empty_note", ctx.gettext("Write something first."), "text")
    with ctx.writing():
        order = lock_order(ctx, number)
        if not (key and key in _keys(ctx, order)):
            record(ctx, order, "note", text.strip(), public=public, **({"key": key} if key else {}))


def _keys(ctx: Context, order: Order) -> set[str]:
    notes = select(TimelineEntry.data).where(  # type: ignore[call-overload]
        TimelineEntry.order_id == order.id, TimelineEntry.kind == "note"
    )
    return {data.get("key", "") for data in ctx.session.scalars(notes)}
