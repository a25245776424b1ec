"""Which stock serves which line, parcels, and goods on their way back."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from marketry.database import BigId, UTCDateTime
from marketry_orders.models.base import Table, one_of

PARCEL_STATES = ("pending", "shipped", "delivered", "returned", "cancelled")
RETURN_STATES = ("requested", "received", "rejected")


class Allocation(Table, table=True):
    """Which stock serves which line: `quantity` units of `stock_key` at `location`, of them `shipped` and `released`."""

    __tablename__ = "orders_allocation"
    __table_args__ = (
        UniqueConstraint("line_id", "stock_key", "location"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("shipped >= 0 AND released >= 0 AND shipped + released <= quantity", name="within_quantity"),
        Index("ix_orders_allocation_order_id", "order_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    order_id: int = Field(foreign_key="orders_order.id", ondelete="CASCADE", sa_type=BigId)
    line_id: str = Field(foreign_key="orders_line.id", ondelete="CASCADE", max_length=32)
    stock_key: str = Field(max_length=128)
    location: str = Field(max_length=64)
    quantity: int
    shipped: int = 0
    released: int = 0


class Fulfilment(Table, table=True):
    """A parcel from one location."""

    __tablename__ = "orders_fulfilment"
    __table_args__ = (one_of("state", PARCEL_STATES), Index("ix_orders_fulfilment_order_id", "order_id", "created_at"))

    id: str = Field(primary_key=True, max_length=32)
    order_id: int = Field(foreign_key="orders_order.id", ondelete="CASCADE", sa_type=BigId)
    state: str = Field(default="pending", max_length=16)
    group_key: str = Field(default="", max_length=64)
    location: str = Field(default="", max_length=64)
    carrier: str = Field(default="", max_length=64)
    tracking: str = Field(default="", max_length=120)
    created_by: str = Field(default="", max_length=128)
    created_at: datetime = Field(sa_type=UTCDateTime)
    shipped_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    delivered_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class FulfilmentLine(Table, table=True):
    __tablename__ = "orders_fulfilment_line"
    __table_args__ = (
        UniqueConstraint("fulfilment_id", "line_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index("ix_orders_fulfilment_line_line_id", "line_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    fulfilment_id: str = Field(foreign_key="orders_fulfilment.id", ondelete="CASCADE", max_length=32)
    line_id: str = Field(foreign_key="orders_line.id", ondelete="CASCADE", max_length=32)
    quantity: int


class Return(Table, table=True):
    """Goods on their way back; `restocked` once received: whether they went back on the shelf."""

    __tablename__ = "orders_return"
    __table_args__ = (one_of("state", RETURN_STATES), Index("ix_orders_return_order_id", "order_id", "requested_at"))

    id: str = Field(primary_key=True, max_length=32)
    order_id: int = Field(foreign_key="orders_order.id", ondelete="CASCADE", sa_type=BigId)
    state: str = Field(default="requested", max_length=16)
    reason: str = Field(default="", max_length=500)
    restocked: bool = False
    location: str = Field(default="", max_length=64)
    created_by: str = Field(default="", max_length=128)
    requested_at: datetime = Field(sa_type=UTCDateTime)
    received_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class ReturnLine(Table, table=True):
    __tablename__ = "orders_return_line"
    __table_args__ = (
        UniqueConstraint("return_id", "line_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index("ix_orders_return_line_line_id", "line_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    return_id: str = Field(foreign_key="orders_return.id", ondelete="CASCADE", max_length=32)
    line_id: str = Field(foreign_key="orders_line.id", ondelete="CASCADE", max_length=32)
    quantity: int
