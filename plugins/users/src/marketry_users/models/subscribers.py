"""Who wants news without having an account."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from marketry.database import UTCDateTime
from marketry_users.models.base import Table


class Subscriber(Table, table=True):
    """An address that asked for news and confirmed it by the link in a mail: when, in which words. It goes when they say no, and
    becomes a customer's consent when its owner opens an account. `email` is normal (`domain.emails`).
    """

    __tablename__ = "users_subscriber"
    __table_args__ = (
        UniqueConstraint("email"),
        CheckConstraint("email = lower(email) AND email LIKE '%_@_%'", name="email"),
        Index("ix_users_subscriber_at", "at", "id"),
    )

    id: str = Field(primary_key=True, max_length=40)
    email: str = Field(max_length=254)
    locale: str = Field(max_length=16)
    at: datetime = Field(sa_type=UTCDateTime)
    wording: str = Field(max_length=500)
