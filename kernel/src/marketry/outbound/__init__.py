"""The only way out of the process: HTTP with a total deadline, bounded, and not into private networks."""

from marketry.outbound.client import (
    AddressRefused,
    AnswerTooLarge,
    Busy,
    DeadlinePassed,
    Outbound,
    OutboundFailed,
    Unreachable,
)

__all__ = ["AddressRefused", "AnswerTooLarge", "Busy", "DeadlinePassed", "Outbound", "OutboundFailed", "Unreachable"]
