"""The cards to be written."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from marketry.database import BigId, UTCDateTime, plugin_registry


class Table(SQLModel, registry=plugin_registry("giftnote")):
    """Base of the tables of giftnote."""


class Card(Table, table=True):
    """A note that somebody has ordered; `written_at` None: it waits. `email` is the giver's, for their rights over it."""

    __tablename__ = "giftnote_card"
    __table_args__ = (CheckConstraint("length(text) <= 300", name="text_fits_the_card"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    order_number: str = Field(max_length=32, index=True)
    title: str = Field(max_length=300)
    text: str = Field(max_length=300)
    sender: str = Field(default="", max_length=80)
    email: str = Field(default="", max_length=254, index=True)
    ordered_at: datetime = Field(sa_type=UTCDateTime, index=True)
    written_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
