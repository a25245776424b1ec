"""Points of people, and what an order promised whom."""

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from marketry.database import plugin_registry


class Table(SQLModel, registry=plugin_registry("loyalty")):
    """Base of the tables of loyalty."""


class Account(Table, table=True):
    """A point is worth one minor unit."""

    __tablename__ = "loyalty_account"
    __table_args__ = (CheckConstraint("points >= 0", name="points_not_negative"),)
    email: str = Field(primary_key=True, max_length=254)
    points: int


class Claim(Table, table=True):
    """Whose order it is, since events name nobody, and how many points it spent."""

    __tablename__ = "loyalty_claim"
    order_number: str = Field(primary_key=True, max_length=32)
    email: str = Field(max_length=254)
    spent: int
