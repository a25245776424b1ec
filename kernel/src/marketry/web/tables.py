"""The kernel's tables of the web: sessions, and marks that limit rates where there is no Redis."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from marketry.database.plugin_base import plugin_registry
from marketry.database.types import JSONValue, UTCDateTime


class Table(SQLModel, registry=plugin_registry("kernel")):
    """Base of the tables of this room."""


class SessionRow(Table, table=True):
    """A signed-in browser. Only the hash of its id is stored: who reads the table can't sign in."""

    __tablename__ = "kernel_session"
    __table_args__ = (CheckConstraint("kind IN ('customer', 'staff')", name="kind"),)

    hash: str = Field(primary_key=True, max_length=64)
    kind: str = Field(max_length=16)
    subject: str = Field(max_length=80, index=True)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSONValue, nullable=False)
    created_at: datetime = Field(sa_type=UTCDateTime)
    seen_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime, index=True)
