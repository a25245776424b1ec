"""What was purged: a row per tag, written in the transaction that changed what pages with the tag show."""

from datetime import datetime

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from marketry.database.plugin_base import METADATA
from marketry.database.tables import KernelTable
from marketry.database.types import BigId, UTCDateTime


class PagePurge(KernelTable, table=True):
    """Rows are only added, so that no two writers wait for each other; old ones are tidied away.

    `xid` is PostgreSQL's number of the writing transaction: ids there follow the order of writing and not that of commits, and
    a snapshot tells which transactions it saw. Empty on SQLite, where one writes at a time and ids are never used again.
    """

    __tablename__ = "kernel_page_purge"
    __table_args__ = (
        Index("ix_kernel_page_purge_xid", "xid"),
        Index("ix_kernel_page_purge_at", "at"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    xid: int | None = Field(default=None, sa_type=BigInteger)
    tag: str = Field(max_length=160)
    at: datetime = Field(sa_type=UTCDateTime)


PURGES = METADATA.tables["kernel_page_purge"]
