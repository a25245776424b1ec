"""Whom to forget, and which plugins have."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from marketry.database.plugin_base import METADATA
from marketry.database.tables import KernelTable
from marketry.database.types import UTCDateTime


class ErasureRow(KernelTable, table=True):
    """`sealed` says whose data it is, under the site's key. `journaled_at`: when the journal outside the database had it."""

    __tablename__ = "kernel_erasure"

    id: str = Field(primary_key=True, max_length=32)
    sealed: str = Field(sa_type=Text)
    asked_at: datetime = Field(sa_type=UTCDateTime, index=True)
    journaled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class ErasurePart(KernelTable, table=True):
    """A plugin that has forgotten them, and how many rows that were. One without a row here still has to."""

    __tablename__ = "kernel_erasure_part"

    erasure_id: str = Field(primary_key=True, max_length=32, foreign_key="kernel_erasure.id", ondelete="CASCADE")
    plugin: str = Field(primary_key=True, max_length=64)
    rows: int = 0
    done_at: datetime = Field(sa_type=UTCDateTime)


ERASURES, PARTS = METADATA.tables["kernel_erasure"], METADATA.tables["kernel_erasure_part"]
