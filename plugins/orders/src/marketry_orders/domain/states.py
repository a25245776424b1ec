"""The three independent axes of an order, their transitions as data, and who may write each.

A status is never set by hand: `status` is written by placing, cancelling and reinstating; `payment_status` is derived
from the ledger (`domain/ledger.py`, written by settling.py); `fulfilment_status` is derived from parcels and returns
(`domain/parcels.py`, written by fulfilling.py). Plugins add no states; they place holds.
"""

from enum import StrEnum


class Status(StrEnum):
    DRAFT = "draft"
    PLACED = "placed"
    CANCELLED = "cancelled"


class PaymentStatus(StrEnum):
    NONE = "none"  # nothing is under way
    PENDING = "pending"  # an attempt is open, or in review
    AUTHORISED = "authorised"  # the whole total is reserved, nothing taken yet
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    OVERPAID = "overpaid"
    VOIDED = "voided"  # was authorised, then let go
    DISPUTED = "disputed"  # the buyer's bank asks for money back, or has taken it


class FulfilmentStatus(StrEnum):
    UNFULFILLED = "unfulfilled"
    PARTIAL = "partial"
    FULFILLED = "fulfilled"  # all parcels have left
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"


STATUS_TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.DRAFT: frozenset({Status.PLACED, Status.CANCELLED}),
    Status.PLACED: frozenset({Status.CANCELLED}),
    Status.CANCELLED: frozenset({Status.PLACED}),  # reinstated: the money came late and the goods are still there
}

_P = PaymentStatus
_BEFORE_MONEY = frozenset({_P.NONE, _P.PENDING, _P.AUTHORISED, _P.VOIDED})
_WITH_MONEY = frozenset({_P.PARTIALLY_PAID, _P.PAID, _P.PARTIALLY_REFUNDED, _P.REFUNDED, _P.OVERPAID, _P.DISPUTED})

# Derived, so every step that the ledger allows is listed: money once captured stays in the books, therefore no way
# leads from the second set back to the first, except by a review that takes a whole attempt out of the sum.
PAYMENT_TRANSITIONS: dict[PaymentStatus, frozenset[PaymentStatus]] = {
    **{before: (_BEFORE_MONEY | _WITH_MONEY) - {before} for before in _BEFORE_MONEY},
    **{after: (_WITH_MONEY | {_P.PENDING}) - {after} for after in _WITH_MONEY},
}

_F = FulfilmentStatus
FULFILMENT_TRANSITIONS: dict[FulfilmentStatus, frozenset[FulfilmentStatus]] = {
    _F.UNFULFILLED: frozenset({_F.PARTIAL, _F.FULFILLED, _F.DELIVERED, _F.CANCELLED}),
    _F.PARTIAL: frozenset({_F.FULFILLED, _F.DELIVERED, _F.RETURNED}),
    _F.FULFILLED: frozenset({_F.DELIVERED, _F.RETURNED}),
    _F.DELIVERED: frozenset({_F.RETURNED}),
    _F.RETURNED: frozenset({_F.PARTIAL, _F.FULFILLED, _F.DELIVERED}),  # a replacement parcel leaves
    _F.CANCELLED: frozenset({_F.UNFULFILLED}),  # reinstated
}


def may_become(old: Status, new: Status) -> bool:
    """Whether `status` may step from `old` to `new` (staying is always allowed)."""
    return old == new or new in STATUS_TRANSITIONS[old]
