"""The twin's time: the machine's, plus what tests add."""

from __future__ import annotations

import time
from collections.abc import Callable


class Clock:
    """Seconds since 1970 that can be moved forward."""

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source, self._ahead = source, 0.0

    def now(self) -> int:
        """Whole seconds, as Stripe's timestamps are."""
        return int(self._source() + self._ahead)

    def reset(self) -> None:
        """The machine's time again."""
        self._ahead = 0.0

    def advance(self, seconds: float) -> None:
        """Let time pass; it never runs backwards."""
        if seconds < 0:
            raise ValueError("time only passes forwards")
        self._ahead += seconds
