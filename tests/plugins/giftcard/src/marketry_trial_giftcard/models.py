"""Cards and what was taken from them."""

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from marketry.database import plugin_registry


class Table(SQLModel, registry=plugin_registry("giftcard")):
    """Base of the tables of giftcard."""


class Card(Table, table=True):
    """A card's money in minor units, under the hash of its code."""

    __tablename__ = "giftcard_card"
    __table_args__ = (CheckConstraint("balance >= 0", name="balance_not_negative"),)
    hash: str = Field(primary_key=True, max_length=64)
    currency: str = Field(max_length=3)
    balance: int


class Move(Table, table=True):
    """What an operation (its key) took from (negative) or gave back to the card; `payment` is the attempt it belongs to."""

    __tablename__ = "giftcard_move"
    key: str = Field(primary_key=True, max_length=120)
    payment: str = Field(max_length=64, index=True)
    card: str = Field(foreign_key="giftcard_card.hash", ondelete="CASCADE", max_length=64)
    kind: str = Field(max_length=16)
    amount: int


class Sold(Table, table=True):
    """A card that an order bought, made when the order is paid."""

    __tablename__ = "giftcard_sold"
    order_number: str = Field(primary_key=True, max_length=32)
    line: str = Field(primary_key=True, max_length=32)
    hash: str = Field(max_length=64)
    currency: str = Field(max_length=3)
    amount: int
