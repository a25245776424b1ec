"""Who waits for what."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from marketry.database import BigId, UTCDateTime, plugin_registry


class Table(SQLModel, registry=plugin_registry("backinstock")):
    """Base of the tables of backinstock."""


class Waiting(Table, table=True):
    """`state`: asked (the address isn't confirmed yet), waiting, told (the mail is queued; it counts for a day against further
    ones, and is forgotten after a month). `key` is the secret of the links in its mails, `since` decides whose turn it is."""

    __tablename__ = "backinstock_waiting"
    __table_args__ = (
        UniqueConstraint("sku", "email", name="uq_backinstock_waiting_person"),
        CheckConstraint("state IN ('asked', 'waiting', 'told')", name="state"),
        Index("ix_backinstock_waiting_turn", "sku", "state", "since", "id"),
        Index("ix_backinstock_waiting_changed", "state", "changed_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    sku: str = Field(max_length=128)
    email: str = Field(max_length=254, index=True)
    locale: str = Field(max_length=16)
    state: str = Field(default="asked", max_length=8)
    key: str = Field(max_length=32, unique=True)
    since: datetime = Field(sa_type=UTCDateTime)
    changed_at: datetime = Field(sa_type=UTCDateTime)


class Supply(Table, table=True):
    """`sku` takes stock that is counted under `stock_key`: its own, or for a bundle those of its parts."""

    __tablename__ = "backinstock_supply"

    stock_key: str = Field(primary_key=True, max_length=128)
    sku: str = Field(primary_key=True, max_length=128, index=True)
