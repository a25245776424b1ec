"""Staff's own words on an order."""

from marketry import Context
from marketry.problems import invalid
from marketry_orders.locking import lock_order
from marketry_orders.timeline import record


def add_note(ctx: Context, number: str, text: str, *, public: bool = False) -> None:
    """Write a note into the timeline; `public` ones are shown on the buyer's order page."""
    if not text.strip():
        raise invalid("empty_note", ctx.gettext("Write something first."), "text")
    with ctx.writing():
        record(ctx, lock_order(ctx, number), "note", text.strip(), public=public)
