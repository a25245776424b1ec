"""The only way out of the process: HTTP with a total deadline, bounded, and not into private networks."""

from marketry.outbound.addresses import is_exposed, is_this_machine
from marketry.outbound.client import (
    AddressRefused,
    AnswerTooLarge,
    Busy,
    DeadlinePassed,
    Outbound,
    OutboundFailed,
    Unreachable,
)

__all__ = [
    "AddressRefused", "AnswerTooLarge", "Busy", "DeadlinePassed", "Outbound", "OutboundFailed", "Unreachable", "is_exposed",
    "is_this_machine",
]  # fmt: skip
