"""A trade in the book: its states, its payment, its refunds. Pure values; the rules of who may do what stand in `book`.

States: https://opendocs.alipay.com/open/194/103296
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from marketry_gateways.alipay.amounts import write_amount
from marketry_gateways.alipay.buyers import Buyer
from marketry_gateways.alipay.clock import written
from marketry_gateways.alipay.orders import Order


class Status(StrEnum):
    WAIT_BUYER_PAY = "WAIT_BUYER_PAY"
    TRADE_SUCCESS = "TRADE_SUCCESS"
    TRADE_CLOSED = "TRADE_CLOSED"
    TRADE_FINISHED = "TRADE_FINISHED"


class RefundState(StrEnum):
    SUCCESS = "SUCCESS"
    PENDING = "PENDING"
    FAILED = "FAILED"


@dataclass
class Refund:
    """Money on its way back to the buyer; `refunded_at` once it is there."""

    out_request_no: str
    amount: Decimal
    asked_at: datetime
    reason: str = ""
    state: RefundState = RefundState.SUCCESS
    refunded_at: datetime | None = None


@dataclass
class Trade:
    """One payment of one buyer for one `out_trade_no`."""

    trade_no: str
    order: Order
    buyer: Buyer
    created_at: datetime
    expires_at: datetime
    status: Status = Status.WAIT_BUYER_PAY
    paid_at: datetime | None = None
    closed_at: datetime | None = None
    refunds: list[Refund] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return self.order.total

    @property
    def paid(self) -> Decimal:
        return self.total if self.paid_at else Decimal("0.00")

    @property
    def refunded(self) -> Decimal:
        """What has reached the buyer again."""
        return sum((r.amount for r in self.refunds if r.state is RefundState.SUCCESS), Decimal("0.00"))

    @property
    def refundable(self) -> Decimal:
        """What may still be asked back; what is on its way isn't."""
        return self.paid - sum((r.amount for r in self.refunds if r.state is not RefundState.FAILED), Decimal("0.00"))

    def refund(self, out_request_no: str) -> Refund | None:
        return next((r for r in self.refunds if r.out_request_no == out_request_no), None)

    def as_json(self) -> dict[str, object]:
        return {
            "trade_no": self.trade_no,
            "out_trade_no": self.order.out_trade_no,
            "method": self.order.method,
            "subject": self.order.subject,
            "status": self.status.value,
            "currency": "CNY",
            "total_amount": write_amount(self.total),
            "paid_amount": write_amount(self.paid),
            "refunded_amount": write_amount(self.refunded),
            "buyer_id": self.buyer.number,
            "created_at": written(self.created_at),
            "expires_at": written(self.expires_at),
            "paid_at": self.paid_at and written(self.paid_at),
            "closed_at": self.closed_at and written(self.closed_at),
            "refunds": [
                {"out_request_no": r.out_request_no, "amount": write_amount(r.amount), "reason": r.reason, "state": r.state.value}
                for r in self.refunds
            ],
        }
