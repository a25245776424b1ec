"""How long the kernel keeps what it has sent, and whom it has forgotten."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from marketry.settings.site import Site

KEEP_DAYS = 180
KEEP_ERASURES_DAYS = 400  # longer than backups are kept: whoever restores one must know whom to forget again
LEAST_DAYS = 30  # the key of a stored mail is what keeps a repetition from being sent


def erasures_kept_for(site: "Site") -> timedelta:
    """`[privacy] keep_days`; 400 where nothing is set."""
    return kept_for(site.table("privacy").get("keep_days"), KEEP_ERASURES_DAYS)


def kept_for(days: Any, otherwise: int = KEEP_DAYS) -> timedelta:
    """`[mail] keep_days`; `otherwise` where nothing is set. ValueError where it is no number of at least 30."""
    text = str(otherwise if days is None else days)
    if not (text.isascii() and text.isdigit() and LEAST_DAYS <= int(text) <= 36_500):
        raise ValueError(f"keep_days must be a whole number of at least {LEAST_DAYS}, not {days!r}")
    return timedelta(days=int(text))
