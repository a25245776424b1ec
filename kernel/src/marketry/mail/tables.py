"""Mails as they were rendered, and how far their sending has come."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from marketry.database.plugin_base import METADATA
from marketry.database.tables import KernelTable
from marketry.database.types import BigId, UTCDateTime


class MailRow(KernelTable, table=True):
    """`state`: queued; sent (accepted by the SMTP server); kept (no server is configured); refused for good.

    `key` is the caller's stable name for this mail; the Message-ID is made from it, so a mail sent twice is known as one.
    """

    __tablename__ = "kernel_mail"
    __table_args__ = (CheckConstraint("state IN ('queued', 'sent', 'kept', 'refused')", name="state"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    key: str = Field(max_length=200, unique=True)
    plugin: str = Field(max_length=64)
    template: str = Field(max_length=160)
    locale: str = Field(max_length=16)
    recipient: str = Field(max_length=320, index=True)
    subject: str = Field(max_length=998)
    text: str = Field(sa_type=Text)
    html: str = Field(sa_type=Text)
    message_id: str = Field(max_length=200)
    state: str = Field(default="queued", max_length=10)
    error: str | None = Field(default=None, sa_type=Text)
    created_at: datetime = Field(sa_type=UTCDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


MAILS = METADATA.tables["kernel_mail"]
