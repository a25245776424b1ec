"""The twin's clock: real time plus whatever a test has advanced it by; printed as Alipay prints it, in China's time (UTC+8)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "CST")
FORMAT = "%Y-%m-%d %H:%M:%S"


def _real() -> datetime:
    return datetime.now(UTC)


class Clock:
    """Tells the time in China. `source` gives the underlying time (aware); `advance` moves the twin ahead of it."""

    def __init__(self, source: Callable[[], datetime] = _real) -> None:
        self._source = source
        self._ahead = timedelta()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            return (self._source() + self._ahead).astimezone(CHINA)

    def advance(self, by: timedelta) -> datetime:
        """Moves the twin's time forward and returns the new time; it never goes back."""
        if by < timedelta():
            raise ValueError("the clock only goes forward")
        with self._lock:
            self._ahead += by
        return self.now()

    def reset(self) -> None:
        """The source's time again."""
        with self._lock:
            self._ahead = timedelta()


def written(moment: datetime) -> str:
    """`2026-11-23 10:12:58`, China's time, the form of every time that Alipay sends."""
    return moment.astimezone(CHINA).strftime(FORMAT)


def read(text: str) -> datetime:
    """A time in Alipay's form. Raises ValueError."""
    moment = datetime.strptime(text, FORMAT).replace(tzinfo=CHINA)
    if written(moment) != text:
        raise ValueError(f"not exactly yyyy-MM-dd HH:mm:ss: {text!r}")
    return moment
