"""What was agreed: the order itself, and its brakes and its story."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Computed, Index, text
from sqlmodel import Field

from marketry.database import BigId, JSONValue, UTCDateTime
from marketry_orders.models.base import CODE_POINTS, Table, one_of

STATUSES = ("draft", "placed", "cancelled")
PAYMENT_STATUSES = (
    "none",
    "pending",
    "authorised",
    "partially_paid",
    "paid",
    "partially_refunded",
    "refunded",
    "overpaid",
    "voided",
    "disputed",
)
FULFILMENT_STATUSES = ("unfulfilled", "partial", "fulfilled", "delivered", "returned", "cancelled")
# What staff must look at is rare; this index holds nothing else.
_ACTIVE = text("lifted_at IS NULL")


class Order(Table, table=True):
    """What was agreed. `access_key` is signed into the buyer's links: changing it revokes them.

    `total` = subtotal + discount (negative) + shipping + fees + tax_added; `tax` also counts included tax. `accepted_hash`
    is the hash of the quote that the buyer agreed to. `name_key` is computed by the database, for search.
    """

    __tablename__ = "orders_order"
    __table_args__ = (
        one_of("status", STATUSES),
        one_of("payment_status", PAYMENT_STATUSES),
        one_of("fulfilment_status", FULFILMENT_STATUSES),
        CheckConstraint("total >= 0", name="total_not_negative"),
        Index("ix_orders_order_placed", "placed_at", "id"),
        Index("ix_orders_order_status", "status", "placed_at", "id"),
        Index("ix_orders_order_payment_status", "payment_status", "placed_at", "id"),
        Index("ix_orders_order_fulfilment_status", "fulfilment_status", "placed_at", "id"),
        Index("ix_orders_order_email", "email", "placed_at", "id"),
        Index("ix_orders_order_customer", "customer", "placed_at", "id"),
        Index("ix_orders_order_name_key", "name_key", "placed_at", "id"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=BigId)
    number: str = Field(max_length=16, unique=True)
    cart_id: str | None = Field(default=None, max_length=32, unique=True)
    access_key: str = Field(max_length=32)
    status: str = Field(default="placed", max_length=16)
    payment_status: str = Field(default="none", max_length=24)
    fulfilment_status: str = Field(default="unfulfilled", max_length=16)
    currency: str = Field(max_length=3)
    subtotal: int = Field(sa_type=BigInteger)
    discount: int = Field(default=0, sa_type=BigInteger)
    shipping: int = Field(default=0, sa_type=BigInteger)
    fees: int = Field(default=0, sa_type=BigInteger)
    tax: int = Field(default=0, sa_type=BigInteger)
    tax_added: int = Field(default=0, sa_type=BigInteger)
    total: int = Field(sa_type=BigInteger)
    accepted_hash: str = Field(default="", max_length=64)
    locale: str = Field(max_length=16)
    channel: str = Field(max_length=32)
    country: str | None = Field(default=None, max_length=2)
    customer: str | None = Field(default=None, max_length=64)
    email: str = Field(default="", max_length=254)
    customer_name: str = Field(default="", max_length=200)
    name_key: str = Field(default=None, sa_type=CODE_POINTS, sa_column_args=(Computed("lower(customer_name)", persisted=True),))
    shipping_address: dict[str, str] | None = Field(default=None, sa_type=JSONValue)
    billing_address: dict[str, str] | None = Field(default=None, sa_type=JSONValue)
    coupons: list[str] = Field(default_factory=list, sa_type=JSONValue)
    data: dict[str, dict[str, Any]] = Field(default_factory=dict, sa_type=JSONValue)
    extra: dict[str, dict[str, Any]] = Field(default_factory=dict, sa_type=JSONValue)
    placed_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)
    paid_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    handed_over_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    cancelled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    cancel_reason: str = Field(default="", max_length=500)


class OrderHold(Table, table=True):
    """A plugin's brake on an order: `blocks` holds `capture`, `fulfil` or both. Lifted holds stay, to be read."""

    __tablename__ = "orders_hold"
    __table_args__ = (
        Index("ix_orders_hold_order_id", "order_id"),
        Index("ix_orders_hold_active", "id", postgresql_where=_ACTIVE, sqlite_where=_ACTIVE),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    order_id: int = Field(foreign_key="orders_order.id", ondelete="CASCADE", sa_type=BigId)
    code: str = Field(max_length=64)
    label: str = Field(max_length=300)
    plugin: str = Field(default="", max_length=64)
    blocks: list[str] = Field(default_factory=list, sa_type=JSONValue)
    placed_at: datetime = Field(sa_type=UTCDateTime)
    lifted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    lifted_by: str = Field(default="", max_length=128)


class TimelineEntry(Table, table=True):
    """What happened to an order, append-only. `kind` is `order.placed`, `payment.captured`, `note` …; notes hold `message`.

    `public` entries are shown to the buyer, too.
    """

    __tablename__ = "orders_timeline"
    __table_args__ = (Index("ix_orders_timeline_order_id", "order_id", "id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    order_id: int = Field(foreign_key="orders_order.id", ondelete="CASCADE", sa_type=BigId)
    kind: str = Field(max_length=64)
    message: str = Field(default="", max_length=2000)
    actor: str = Field(default="", max_length=128)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSONValue)
    public: bool = False
    at: datetime = Field(sa_type=UTCDateTime)
