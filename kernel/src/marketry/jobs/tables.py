"""Tables of work after commit: the outbox, schedules, incoming webhooks."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field

from marketry.database.plugin_base import METADATA
from marketry.database.tables import KernelTable
from marketry.database.types import BigId, JSONValue, UTCDateTime

WAITING, DONE, PARKED = "waiting", "done", "parked"
UNFINISHED, RUNNABLE = text("state <> 'done'"), text("state = 'waiting'")


class OutboxRow(KernelTable, table=True):
    """One piece of work: for one subscriber of an event, one job, or one tick of a schedule.

    `handler` is `subscriber:<plugin>.<name>`, `job:…` or `schedule:…`. Rows of one handler and `subject` run in the order of
    `id`; an empty subject knows no order. A row is taken by a lease: whoever holds it when its time is up has lost it.
    """

    __tablename__ = "kernel_outbox"
    __table_args__ = (
        UniqueConstraint("handler", "key", name="uq_kernel_outbox_key"),
        CheckConstraint("state IN ('waiting', 'done', 'parked')", name="state"),
        Index("ix_kernel_outbox_due", "due_at", "id", sqlite_where=RUNNABLE, postgresql_where=RUNNABLE),
        Index("ix_kernel_outbox_order", "handler", "subject", "id", sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
        Index("ix_kernel_outbox_finished", "state", "finished_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    handler: str = Field(max_length=160)
    key: str = Field(max_length=200)
    subject: str = Field(default="", max_length=120)
    payload: Any = Field(sa_type=JSONValue, nullable=False)
    state: str = Field(default=WAITING, max_length=10)
    created_at: datetime = Field(sa_type=UTCDateTime)
    due_at: datetime = Field(sa_type=UTCDateTime)
    attempts: int = 0
    handed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    lease_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    lease_holder: str | None = Field(default=None, max_length=80)
    finished_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    error: str | None = Field(default=None, sa_type=Text)


class ScheduleRow(KernelTable, table=True):
    """When a schedule ticks next."""

    __tablename__ = "kernel_schedule"

    key: str = Field(primary_key=True, max_length=160)
    next_at: datetime = Field(sa_type=UTCDateTime)


class WebhookRow(KernelTable, table=True):
    """A webhook as it came, stored before it was answered. `account` tells apart the accounts of one plugin."""

    __tablename__ = "kernel_webhook"
    __table_args__ = (UniqueConstraint("plugin", "account", "event_id", name="uq_kernel_webhook_event"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    plugin: str = Field(max_length=64)
    account: str = Field(default="", max_length=120)
    event_id: str = Field(max_length=200)
    headers: dict[str, str] = Field(sa_type=JSONValue, nullable=False)
    body: bytes = Field(sa_type=LargeBinary)
    received_at: datetime = Field(sa_type=UTCDateTime, index=True)


# Queries take the columns from here: a model's attributes have the types of values to a type checker.
OUTBOX = METADATA.tables["kernel_outbox"]
SCHEDULES = METADATA.tables["kernel_schedule"]
WEBHOOKS = METADATA.tables["kernel_webhook"]
