"""How long mails stay, and the rights of the person they were sent to."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, delete, func, select

from marketry.mail.tables import MAILS

if TYPE_CHECKING:
    from marketry.context import Context


def outlived(ctx: "Context") -> ColumnElement[bool]:
    """Mails that have stayed as long as the site keeps them; one that is still to be sent stays."""
    return (MAILS.c.created_at < ctx.now() - ctx.mail.kept_for) & (MAILS.c.state != "queued")


def mails_to(ctx: "Context", who: str) -> list[dict[str, Any]]:
    """Every stored mail to `who` (an address in lower case), oldest first, as JSON."""
    columns = [MAILS.c[name] for name in ("created_at", "template", "locale", "subject", "text", "state", "sent_at")]
    rows = ctx.session.execute(select(*columns).where(_to(who)).order_by(MAILS.c.id)).mappings()
    return [{name: v.isoformat() if hasattr(v, "isoformat") else v for name, v in row.items()} for row in rows]


def forget_mails_to(ctx: "Context", who: str) -> int:
    """Delete every mail to `who`, those still to be sent included; returns how many."""
    return ctx.session.connection().execute(delete(MAILS).where(_to(who))).rowcount


def _to(who: str) -> ColumnElement[bool]:
    """Without the index, which is on the address as it was written: a person asks for this once."""
    return func.lower(MAILS.c.recipient) == who
