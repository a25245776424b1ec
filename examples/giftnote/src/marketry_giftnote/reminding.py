"""A mail a day to those who write the cards, as long as some wait."""

from collections.abc import Mapping
from typing import Any

from marketry import Context
from marketry_giftnote.cards import how_many_wait
from marketry_giftnote.settings import GiftNoteSettings


def every_day(ctx: Context) -> None:
    """The schedule: one job a day, whatever the number of processes."""
    day = ctx.now().date().isoformat()
    with ctx.writing():
        ctx.enqueue("giftnote.remind", {"day": day}, key=f"remind:{day}")


def remind(ctx: Context, payload: Mapping[str, Any]) -> None:
    """The job: queue the mail, in the same transaction as its receipt. The mail's key keeps it from being sent twice."""
    workshop, count = ctx.settings(GiftNoteSettings).workshop, how_many_wait(ctx)
    if workshop and count:
        values = {"count": count, "link": ctx.url("/admin/gift-notes", absolute=True)}
        ctx.mail.queue(ctx, to=workshop, template="giftnote/mail/reminder", values=values, key=f"giftnote:{payload['day']}")
