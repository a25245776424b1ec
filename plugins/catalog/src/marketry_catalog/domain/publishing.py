"""When a product is shown."""

from datetime import datetime
from enum import StrEnum


class Showing(StrEnum):
    HIDDEN = "hidden"
    SCHEDULED = "scheduled"
    SHOWN = "shown"
    ENDED = "ended"


def showing(published: bool, publish_at: datetime | None, publish_until: datetime | None, now: datetime) -> Showing:
    """Whether a product is shown at `now`: published, and within [`publish_at`, `publish_until`)."""
    if not published:
        return Showing.HIDDEN
    if publish_at is not None and now < publish_at:
        return Showing.SCHEDULED
    if publish_until is not None and now >= publish_until:
        return Showing.ENDED
    return Showing.SHOWN
