"""What can go wrong between a shop and its gateway, for the next requests that match."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass

KINDS = ("lost", "error", "error_remembered", "reset", "slow", "rate_limit")
"""lost: done, but the connection drops before the answer. error: 500 before anything was done. error_remembered: the
same, and kept under the idempotency key. reset: the connection is reset before anything was done. slow: ``seconds``
pass before it is done. rate_limit: 429."""


@dataclass
class Fault:
    """A switch that turns itself off after ``times`` requests."""

    kind: str
    times: int = 1
    method: str = ""
    path: str = ""
    seconds: float = 30.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"a fault is one of {', '.join(KINDS)}")

    def meets(self, method: str, path: str) -> bool:
        return self.times > 0 and self.method in ("", method) and bool(re.search(self.path, path))


class Faults:
    """The switches that are on."""

    def __init__(self) -> None:
        self._on: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """Turn a switch on; ``path`` is a regular expression."""
        with self._lock:
            self._on.append(fault)

    def clear(self) -> None:
        """Turn all off."""
        with self._lock:
            self._on.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that befalls this request."""
        with self._lock:
            for fault in self._on:
                if fault.meets(method, path):
                    fault.times -= 1
                    return fault
            return None
