"""Faults to order: what goes wrong with the next calls of a method."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """Done, but badly answered: `LOST_ANSWER` (the connection is cut), `SLOW` (after `seconds`), `UNSIGNED`, `WRONG_SIGNATURE`,
    `UNSURE` (20000 isp.unknow-error all the same). Not done: `ERROR` (HTTP 500), `RESET` (cut), `REFUSED` (40004 with
    `sub_code`), `UNAVAILABLE` (20000 isp.unknow-error)."""

    LOST_ANSWER = "lost_answer"
    ERROR = "error"
    RESET = "reset"
    SLOW = "slow"
    UNSIGNED = "unsigned"
    WRONG_SIGNATURE = "wrong_signature"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
    UNSURE = "unsure"


@dataclass
class Fault:
    """Strikes the next `count` calls of `method` (`*`: of any)."""

    kind: FaultKind
    method: str = "*"
    count: int = 1
    seconds: float = 30.0
    sub_code: str = "ACQ.SYSTEM_ERROR"


class Faults:
    """The faults still to strike, in the order in which they were ordered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def take(self, method: str) -> Fault | None:
        """The fault that strikes this call, used up by one."""
        with self._lock:
            fault = next((f for f in self._faults if f.method in ("*", method)), None)
            if fault is None:
                return None
            fault.count -= 1
            if fault.count <= 0:
                self._faults.remove(fault)
            return fault

    @property
    def outstanding(self) -> int:
        with self._lock:
            return sum(fault.count for fault in self._faults)
