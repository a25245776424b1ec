"""Wish lists and what is on them."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKey, UniqueConstraint
from sqlmodel import Field, SQLModel

from marketry.database import BigId, UTCDateTime, plugin_registry


class Table(SQLModel, registry=plugin_registry("wishlist")):
    """Base of the tables of wishlist."""


class List(Table, table=True):
    """A customer's list, or (`customer` None) that of the browser whose signed cookie names `id`. `share`: the secret part of
    the link with which others read it. `used_at` is renewed once a day."""

    __tablename__ = "wishlist_list"

    id: str = Field(primary_key=True, max_length=32)
    customer: str | None = Field(default=None, max_length=64, unique=True)
    share: str | None = Field(default=None, max_length=32, unique=True)
    created_at: datetime = Field(sa_type=UTCDateTime)
    used_at: datetime = Field(sa_type=UTCDateTime, index=True)


class Wish(Table, table=True):
    """A product on a list, once. `sku`: the variant that was meant, "" for any. `price` (minor units of `currency`) is what it
    cost when it was wished for; both empty where it had no price."""

    __tablename__ = "wishlist_wish"
    __table_args__ = (UniqueConstraint("list_id", "product", name="uq_wishlist_wish_product"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    list_id: str = Field(sa_column=Column(ForeignKey("wishlist_list.id", ondelete="CASCADE"), nullable=False))
    product: str = Field(max_length=120, index=True)
    sku: str = Field(default="", max_length=64)
    price: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    currency: str = Field(default="", max_length=3)
    added_at: datetime = Field(sa_type=UTCDateTime)
