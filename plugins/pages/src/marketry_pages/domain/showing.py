"""Whether a page is shown."""

from datetime import datetime


def showing(published: bool, publish_at: datetime, publish_until: datetime | None, now: datetime) -> str:
    """`hidden`, `scheduled`, `ended` or `shown`."""
    if not published:
        return "hidden"
    if now < publish_at:
        return "scheduled"
    return "ended" if publish_until is not None and now >= publish_until else "shown"
