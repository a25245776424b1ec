"""Attempts at paying, the ledger, and what was asked of providers."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, false, text
from sqlmodel import Field

from marketry.database import BigId, JSONValue, UTCDateTime
from marketry_orders.models.base import Table, one_of

OPERATION_STATES = ("requested", "sent", "done", "failed")
# What staff must look at is rare; this index holds nothing else.
_IN_REVIEW = text("needs_review <> ''")
# So is money of which only the beginning is known.
_PENDING = text("phase = 'pending'")


class Payment(Table, table=True):
    """One attempt. `id` is also its idempotency key (`Charge.key`). `needs_review` says why staff must look, else empty.

    `data` is the buyer's input for the method; `action` what they do next; `initiated_at` empty: the provider was not
    asked yet, or its answer was lost. `strange` keeps what only snapshots showed, as [code, detail]; `accepted_review` is the
    text of a review that staff looked into and accepted. `saves`: what it is paid with shall be kept; `instrument_id` names the
    saved means it is paid with, whose row may be gone; `off_session`: nobody is present to be sent anywhere.
    """

    __tablename__ = "orders_payment"
    __table_args__ = (
        one_of("kind", ("remote", "local", "deferred")),
        one_of(
            "state",
            ("created", "requires_action", "processing", "authorised", "captured", "failed", "cancelled", "expired"),
        ),
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_orders_payment_order_id", "order_id", "position"),
        Index("ix_orders_payment_remote", "provider", "remote_id"),
        Index("ix_orders_payment_state", "state", "expires_at"),
        Index("ix_orders_payment_review", "id", postgresql_where=_IN_REVIEW, sqlite_where=_IN_REVIEW),
    )

    id: str = Field(primary_key=True, max_length=32)
    order_id: int = Field(foreign_key="orders_order.id", ondelete="CASCADE", sa_type=BigId)
    position: int = 0
    provider: str = Field(max_length=64)
    kind: str = Field(max_length=16)
    label: str = Field(default="", max_length=200)
    amount: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    state: str = Field(default="created", max_length=24)
    remote_id: str | None = Field(default=None, max_length=255)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSONValue)
    action: dict[str, Any] | None = Field(default=None, sa_type=JSONValue)
    account: str = Field(default="", max_length=255)
    live: bool | None = None
    needs_review: str = Field(default="", max_length=500)
    strange: list[list[str]] = Field(default_factory=list, sa_type=JSONValue)
    accepted_review: str = Field(default="", max_length=500)
    problem: str = Field(default="", max_length=500)
    problem_code: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})
    saves: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    off_session: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    instrument_id: str | None = Field(default=None, max_length=32)
    expires_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    initiated_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class Transaction(Table, table=True):
    """The ledger, append-only: a movement that goes from pending to succeeded is two rows of one `remote_id`.

    `announced`: its event was published (not while the payment is in review).
    """

    __tablename__ = "orders_transaction"
    __table_args__ = (
        one_of("kind", ("authorisation", "capture", "void", "refund", "chargeback")),
        one_of("phase", ("pending", "succeeded", "failed")),
        UniqueConstraint("payment_id", "kind", "remote_id", "phase", "amount", "currency"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        Index("ix_orders_transaction_order_id", "order_id", "id"),
        Index("ix_orders_transaction_remote_id", "remote_id"),
        Index("ix_orders_transaction_pending", "at", postgresql_where=_PENDING, sqlite_where=_PENDING),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    order_id: int = Field(foreign_key="orders_order.id", ondelete="CASCADE", sa_type=BigId)
    payment_id: str = Field(foreign_key="orders_payment.id", ondelete="CASCADE", max_length=32)
    kind: str = Field(max_length=16)
    phase: str = Field(max_length=16)
    amount: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    remote_id: str = Field(max_length=255)
    message: str = Field(default="", max_length=500)
    announced: bool = False
    operation_id: str | None = Field(default=None, foreign_key="orders_operation.id", ondelete="SET NULL", max_length=32)
    at: datetime = Field(sa_type=UTCDateTime)


class Operation(Table, table=True):
    """Something asked of a provider; its `id` is the idempotency key, stored before the call is made."""

    __tablename__ = "orders_operation"
    __table_args__ = (
        one_of("kind", ("capture", "void", "refund")),
        one_of("state", OPERATION_STATES),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        Index("ix_orders_operation_order_id", "order_id", "requested_at"),
        Index("ix_orders_operation_state", "state", "requested_at"),
    )

    id: str = Field(primary_key=True, max_length=32)
    order_id: int = Field(foreign_key="orders_order.id", ondelete="CASCADE", sa_type=BigId)
    payment_id: str = Field(foreign_key="orders_payment.id", ondelete="CASCADE", max_length=32)
    kind: str = Field(max_length=16)
    state: str = Field(default="requested", max_length=16)
    amount: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    reason: str = Field(default="", max_length=500)
    requested_by: str = Field(default="", max_length=128)
    problem: str = Field(default="", max_length=500)
    attempts: int = 0
    requested_at: datetime = Field(sa_type=UTCDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
