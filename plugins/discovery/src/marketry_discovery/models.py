"""What was bought in one order, and which products that makes a pair. Nothing here says by whom."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from marketry.database import UTCDateTime, plugin_registry


class Table(SQLModel, registry=plugin_registry("discovery")):
    """Base of the tables of discovery."""


class Bought(Table, table=True):
    """A product (its handle) of an order."""

    __tablename__ = "discovery_bought"
    __table_args__ = (Index("ix_discovery_bought_at", "at"),)

    order_number: str = Field(primary_key=True, max_length=32)
    product: str = Field(primary_key=True, max_length=120)
    at: datetime = Field(sa_type=UTCDateTime)


class Pair(Table, table=True):
    """`other` was bought together with `product` in so many orders; counted anew by the schedule."""

    __tablename__ = "discovery_pair"

    product: str = Field(primary_key=True, max_length=120)
    other: str = Field(primary_key=True, max_length=120)
    orders: int
