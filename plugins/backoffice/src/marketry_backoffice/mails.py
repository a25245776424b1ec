"""Mails as they went out, or as they are kept where no server is configured."""

import ipaddress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import select

from marketry.audit import audit
from marketry.database import paginate
from marketry.mail.tables import MailRow
from marketry.problems import conflict, not_found
from marketry.web.values import Page
from marketry_backoffice.outbox import BIGGEST

if TYPE_CHECKING:
    from marketry import Context

STATES = ("queued", "sent", "kept", "refused")
_listed: Any = select(  # type: ignore[call-overload]
    MailRow.id, MailRow.recipient, MailRow.subject, MailRow.template, MailRow.state, MailRow.created_at, MailRow.sent_at
)


def mails(ctx: "Context", state: str, recipient: str, cursor: str | None) -> Page:
    """Newest first; `recipient` is a whole address."""
    statement = _listed
    if state:
        statement = statement.where(MailRow.state == state)
    if recipient:
        statement = statement.where(MailRow.recipient == recipient)
    return paginate(ctx.session, statement, order=[(MailRow.id, "desc")], cursor=cursor, limit=50)


def find_mail(ctx: "Context", id: int) -> MailRow:
    mail = ctx.session.get(MailRow, id) if 0 < id <= BIGGEST else None
    if mail is None:
        raise not_found(ctx.gettext("There is no such mail."))
    return mail


def send_again(ctx: "Context", id: int) -> None:
    """Queue a mail once more, under the same Message-ID: a mail program that has it already shows it once."""
    if find_mail(ctx, id).state == "queued" or not ctx.mail.send_again(ctx, id):
        raise conflict("mail_queued", ctx.gettext("This mail is on its way."))
    audit(ctx, "backoffice.mail.sent_again", f"mail:{id}")


def is_confidential(mail: MailRow) -> bool:
    """Mails of this plugin, and those whose template lies in a folder `secret/`, hold links that let in: whoever could read
    them here could act as somebody else."""
    return mail.template.startswith("backoffice/") or "/secret/" in mail.template


def is_hidden(ctx: "Context", mail: MailRow) -> bool:
    """Confidential mails are shown to nobody, but for one case: a shop that is tried on one's own machine and sends no mail.
    There the mail in the outbox is all there is, and who may do everything plays its recipient, too."""
    return is_confidential(mail) and not (mail.state == "kept" and ctx.allows("*") and is_tried_out(ctx))


def is_tried_out(ctx: "Context") -> bool:
    """Whether the shop's address is this machine's own (`localhost`, 127.0.0.1, ::1), and no mail server is set."""
    host = urlsplit(ctx.site.base_url).hostname or ""
    return not ctx.mail.smtp_url and (host == "localhost" or _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
