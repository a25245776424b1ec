"""Carts, their lines, and answers to requests that may come twice."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from marketry.database import JSONValue, UTCDateTime
from marketry_orders.models.base import Table


class Cart(Table, table=True):
    """`version` rises with every change and guards placing; `shown_*` is the total that the buyer saw last.

    `methods` is {group: code}; `payments` [{code, amount?, save?, instrument?}]; `data` {plugin: {key: value}}; the token is kept
    hashed.
    """

    __tablename__ = "orders_cart"
    __table_args__ = (Index("ix_orders_cart_expires_at", "expires_at"),)

    id: str = Field(primary_key=True, max_length=32)
    token_hash: str = Field(max_length=64)
    version: int = 1
    currency: str = Field(max_length=3)
    locale: str = Field(max_length=16)
    channel: str = Field(max_length=32)
    country: str | None = Field(default=None, max_length=2)
    customer: str | None = Field(default=None, max_length=64, index=True)
    email: str | None = Field(default=None, max_length=254, index=True)
    shipping_address: dict[str, str] | None = Field(default=None, sa_type=JSONValue)
    billing_address: dict[str, str] | None = Field(default=None, sa_type=JSONValue)
    methods: dict[str, str] = Field(default_factory=dict, sa_type=JSONValue)
    payments: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONValue)
    coupons: list[str] = Field(default_factory=list, sa_type=JSONValue)
    data: dict[str, dict[str, Any]] = Field(default_factory=dict, sa_type=JSONValue)
    shown_total: int | None = Field(default=None, sa_type=BigInteger)
    shown_hash: str | None = Field(default=None, max_length=64)
    completed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)


class CartLine(Table, table=True):
    """`identity` is the hash of SKU and inputs: two different engravings are two lines."""

    __tablename__ = "orders_cart_line"
    __table_args__ = (
        UniqueConstraint("cart_id", "identity"),
        CheckConstraint("quantity BETWEEN 1 AND 9999", name="quantity_in_bounds"),
    )

    id: str = Field(primary_key=True, max_length=32)
    cart_id: str = Field(foreign_key="orders_cart.id", ondelete="CASCADE", max_length=32)
    sku: str = Field(max_length=128)
    quantity: int
    data: dict[str, dict[str, Any]] = Field(default_factory=dict, sa_type=JSONValue)
    identity: str = Field(max_length=64)
    added_at: datetime = Field(sa_type=UTCDateTime)


class IdempotentRequest(Table, table=True):
    """An answered request: the same key with the same body gives the same order; another body is refused."""

    __tablename__ = "orders_idempotency"
    __table_args__ = (Index("ix_orders_idempotency_created_at", "created_at"),)

    scope: str = Field(primary_key=True, max_length=64)
    key: str = Field(primary_key=True, max_length=255)
    request_hash: str = Field(max_length=64)
    response: dict[str, Any] = Field(default_factory=dict, sa_type=JSONValue)
    created_at: datetime = Field(sa_type=UTCDateTime)
