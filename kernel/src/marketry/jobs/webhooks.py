"""The webhook inbox: what comes is stored as it came, answered, and handled by a job."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from marketry.jobs.tables import WEBHOOKS, WebhookRow

if TYPE_CHECKING:
    from marketry.context import Context


@dataclass(frozen=True, slots=True)
class Webhook:
    """A stored webhook. Header names are lower case."""

    id: int
    plugin: str
    account: str
    event_id: str
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


def store_webhook(
    ctx: "Context", plugin: str, job: str, *, event_id: str, body: bytes, headers: Mapping[str, str], account: str = ""
) -> bool:
    """Store a webhook and enqueue `<plugin>.<job>` with `{"webhook": id}`; False where this event was stored before.

    Inside `ctx.writing()`; answer the sender only after that has committed.
    """
    insert = postgresql_insert if ctx.runtime.database.dialect == "postgresql" else sqlite_insert
    values = {
        "plugin": plugin, "account": account, "event_id": event_id, "body": body, "received_at": ctx.now(),
        "headers": {name.lower(): value for name, value in headers.items()},
    }  # fmt: skip
    statement = insert(WEBHOOKS).values(**values).on_conflict_do_nothing().returning(WEBHOOKS.c.id)
    new = ctx.session.scalar(statement)
    if new is None:
        return False
    ctx.enqueue(f"{plugin}.{job}", {"webhook": new}, key=f"webhook:{new}", subject=f"{account}:{event_id}"[:120])
    return True


def stored_webhook(ctx: "Context", id: int) -> Webhook:
    """The webhook that a job was given; LookupError where it is gone."""
    row = ctx.session.get(WebhookRow, id)
    if row is None or row.id is None:
        raise LookupError(f"there is no webhook {id}")
    return Webhook(row.id, row.plugin, row.account, row.event_id, row.headers, row.body, row.received_at)
