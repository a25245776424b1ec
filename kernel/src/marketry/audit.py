"""The audit trail: who did what to what, appended in the transaction that did it. Nothing here updates or deletes.

(Personal data of a person who asks for erasure is blanked by `redact_actor`, which leaves the fact in place.)
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, insert, update
from sqlmodel import Field

from marketry.database.plugin_base import METADATA
from marketry.database.tables import KernelTable
from marketry.database.types import BigId, JSONValue, UTCDateTime

if TYPE_CHECKING:
    from marketry.context import Context


class AuditRow(KernelTable, table=True):
    """`action` is `<plugin>.<what>` (`orders.refund`), `subject` names the thing (`order:7KD2…`), `details` says more."""

    __tablename__ = "kernel_audit"
    __table_args__ = (
        Index("ix_kernel_audit_subject", "subject", "id"),
        Index("ix_kernel_audit_actor", "actor", "id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    at: datetime = Field(sa_type=UTCDateTime)
    actor: str = Field(max_length=80)
    actor_name: str = Field(max_length=200)
    channel: str = Field(max_length=32)
    action: str = Field(max_length=120)
    subject: str = Field(max_length=160)
    details: dict[str, Any] = Field(sa_type=JSONValue, nullable=False)


AUDIT = METADATA.tables["kernel_audit"]


def audit(ctx: "Context", action: str, subject: str, **details: Any) -> None:
    """Append an entry about `ctx.actor` in the current transaction. `details` must be JSON, and hold no secrets."""
    if not ctx.in_transaction:
        raise RuntimeError("audit(…) belongs inside `with ctx.writing():`, together with what it records")
    entry = {
        "at": ctx.now(), "actor": ctx.actor.id or ctx.actor.kind.value, "actor_name": ctx.actor.name[:200],
        "channel": ctx.channel, "action": action, "subject": subject, "details": details,
    }  # fmt: skip
    ctx.session.execute(insert(AUDIT), entry)


def redact_actor(ctx: "Context", actor: str) -> int:
    """Blank the name of `actor` in all entries; returns how many. What was done, and when, stays."""
    changed = update(AUDIT).where(AUDIT.c.actor == actor, AUDIT.c.actor_name != "").values(actor_name="")
    return ctx.session.connection().execute(changed).rowcount
