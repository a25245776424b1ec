"""Tables: staff, and the one-time links by which they sign in."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, UniqueConstraint
from sqlmodel import Field, SQLModel

from marketry.database import BigId, JSONValue, UTCDateTime, plugin_registry


class Table(SQLModel, registry=plugin_registry("backoffice")):
    """Base of the tables of backoffice."""


class Staff(Table, table=True):
    """A person who may sign in to the back office. `permissions` are codes; `*` holds all."""

    __tablename__ = "backoffice_staff"
    __table_args__ = (UniqueConstraint("email"), CheckConstraint("email = lower(email)", name="email_lower"))

    id: int = Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))
    email: str = Field(max_length=254)
    name: str = Field(default="", max_length=120)
    permissions: list[str] = Field(default_factory=list, sa_type=JSONValue, nullable=False)
    active: bool = True
    created_at: datetime = Field(sa_type=UTCDateTime)
    signed_in_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Link(Table, table=True):
    """A one-time link. Only the hash of its token is stored: who reads the table can't sign in."""

    __tablename__ = "backoffice_link"

    hash: str = Field(primary_key=True, max_length=64)
    staff_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("backoffice_staff.id", ondelete="CASCADE"), nullable=False, index=True)
    )
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime, index=True)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
