"""How many may still come at a time."""

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from marketry.database import plugin_registry


class Table(SQLModel, registry=plugin_registry("collect")):
    """Base of the tables of collect."""


class Slot(Table, table=True):
    """A time (`2026-05-02T10:00`) at a shop, and how many people may still come then."""

    __tablename__ = "collect_slot"
    __table_args__ = (CheckConstraint("places >= 0", name="places_not_negative"),)
    store: str = Field(primary_key=True, max_length=40)
    time: str = Field(primary_key=True, max_length=16)
    places: int
