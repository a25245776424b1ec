"""The audit trail as staff read it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from marketry.audit import AuditRow
from marketry.database import paginate
from marketry.web.values import Page

if TYPE_CHECKING:
    from marketry import Context

_listed: Any = select(  # type: ignore[call-overload]
    AuditRow.id, AuditRow.at, AuditRow.actor, AuditRow.actor_name, AuditRow.channel, AuditRow.action, AuditRow.subject,
    AuditRow.details,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters:
    """Each exact; empty: all."""

    actor: str = ""
    action: str = ""
    subject: str = ""


def entries(ctx: "Context", filters: Filters, cursor: str | None) -> Page:
    """Newest first."""
    statement = _listed
    for column, value in (
        (AuditRow.actor, filters.actor), (AuditRow.action, filters.action), (AuditRow.subject, filters.subject),
    ):  # fmt: skip
        if value:
            statement = statement.where(column == value)
    return paginate(ctx.session, statement, order=[(AuditRow.id, "desc")], cursor=cursor, limit=50)
