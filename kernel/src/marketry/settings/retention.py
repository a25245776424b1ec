"""How long the kernel keeps what it has sent."""

from datetime import timedelta
from typing import Any

KEEP_DAYS = 180
LEAST_DAYS = 30  # the key of a stored mail is what keeps a repetition from being sent


def kept_for(days: Any) -> timedelta:
    """`[mail] keep_days`; 180 where nothing is set. ValueError where it is no number of at least 30."""
    text = str(KEEP_DAYS if days is None else days)
    if not (text.isascii() and text.isdigit() and LEAST_DAYS <= int(text) <= 36_500):
        raise ValueError(f"keep_days must be a whole number of at least {LEAST_DAYS}, not {days!r}")
    return timedelta(days=int(text))
