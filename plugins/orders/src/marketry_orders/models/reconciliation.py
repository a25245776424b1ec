"""Tables of comparing the ledger with the providers' own books."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field

from marketry.database import BigId, JSONValue, UTCDateTime
from marketry_orders.models.base import Table

_OPEN = text("settled_at IS NULL")


class ReconciledDay(Table, table=True):
    """A day (UTC midnight) that was compared, how many movements it had and how many differed. `fees`: what the
    provider kept of them for itself, as {currency: minor units}, where it says so."""

    __tablename__ = "orders_reconciled_day"

    provider: str = Field(primary_key=True, max_length=64)
    day: datetime = Field(primary_key=True, sa_type=UTCDateTime)
    movements: int
    differences: int
    fees: dict[str, int] = Field(default_factory=dict, sa_type=JSONValue, sa_column_kwargs={"server_default": "{}"})
    compared_at: datetime = Field(sa_type=UTCDateTime)


class Discrepancy(Table, table=True):
    """A movement of money that the two books don't agree on, until staff have looked into it. `ours` or `theirs` empty: that side
    doesn't have it. Amounts in minor units of `currency`."""

    __tablename__ = "orders_discrepancy"
    __table_args__ = (
        UniqueConstraint("provider", "kind", "remote_id"),
        Index("ix_orders_discrepancy_open", "id", postgresql_where=_OPEN, sqlite_where=_OPEN),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    provider: str = Field(max_length=64)
    kind: str = Field(max_length=16)
    remote_id: str = Field(max_length=255)
    payment_id: str | None = Field(default=None, foreign_key="orders_payment.id", ondelete="SET NULL", max_length=32)
    currency: str = Field(max_length=3)
    ours: int | None = Field(default=None, sa_type=BigInteger)
    theirs: int | None = Field(default=None, sa_type=BigInteger)
    day: datetime = Field(sa_type=UTCDateTime)
    found_at: datetime = Field(sa_type=UTCDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    settled_by: str = Field(default="", max_length=128)
    note: str = Field(default="", max_length=500)
