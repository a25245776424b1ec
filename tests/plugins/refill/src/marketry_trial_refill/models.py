"""Who gets what again, and when next."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from marketry.database import UTCDateTime, plugin_registry


class Table(SQLModel, registry=plugin_registry("refill")):
    """Base of the tables of refill."""


class Refill(Table, table=True):
    """`number` is the order that began it; `turn` counts renewals; `state`: running, or waiting for its customer to pay."""

    __tablename__ = "refill_refill"
    number: str = Field(primary_key=True, max_length=32)
    customer: str = Field(max_length=64)
    instrument: str = Field(max_length=32)
    sku: str = Field(max_length=128)
    turn: int = 0
    state: str = Field(default="running", max_length=16)
    last_order: str = Field(default="", max_length=32)
    due_at: datetime = Field(sa_type=UTCDateTime)
