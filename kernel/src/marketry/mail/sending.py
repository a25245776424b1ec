"""Sending one stored mail by SMTP. At least once, and always under the Message-ID that was stored with it."""

import smtplib
from contextlib import ExitStack
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from css_inline import CSSInliner
from sqlalchemy import Row, select, update

from marketry.crashpoints import reach
from marketry.mail.smtp import Server, parse_server
from marketry.mail.tables import MAILS

if TYPE_CHECKING:
    from marketry.context import Context

TIMEOUT = 20.0
# Styles go onto the elements, since mail programs drop <style>; nothing is fetched.
_inliner = CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)


def send_mail(ctx: "Context", id: int) -> None:
    """Send the mail unless that has happened; without a server it is kept. Raises what is worth another attempt."""
    with ctx.reading() as session:
        mail = session.execute(select(MAILS).where(MAILS.c.id == id)).one_or_none()
    if mail is None or mail.state != "queued":
        return
    if not ctx.mail.smtp_url:
        _record(ctx, id, state="kept")
        return
    reach("mail.sending")
    refusal = deliver(parse_server(ctx.mail.smtp_url), message(ctx.mail.sender, mail), mail.recipient)
    reach("mail.accepted")
    if refusal:
        _record(ctx, id, state="refused", error=refusal)
    else:
        _record(ctx, id, state="sent", sent_at=ctx.now(), error=None)
    reach("mail.recorded")


def message(sender: str, mail: Row[Any]) -> EmailMessage:
    """The mail as it goes out: text first, HTML as the richer alternative (RFC 2046, 5.1.4)."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = sender, mail.recipient, mail.subject
    letter["Date"], letter["Message-ID"] = format_datetime(mail.created_at), mail.message_id
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(mail.text)
    letter.add_alternative(_inliner.inline(mail.html), subtype="html")
    letter["Content-Language"] = mail.locale  # after the parts: making them moves such headers away
    return letter


def deliver(server: Server, letter: EmailMessage, recipient: str) -> str | None:
    """Hand the letter to the server. Returns the refusal where it is final (5xx), raises where it may pass."""
    with ExitStack() as stack:
        peer = stack.enter_context(server.connect(TIMEOUT))
        try:
            peer.send_message(letter, to_addrs=[recipient])
        except smtplib.SMTPRecipientsRefused as error:
            code, told = error.recipients[recipient]
            return _final(code, told, error)
        except smtplib.SMTPResponseException as error:
            return _final(error.smtp_code, error.smtp_error, error)
    return None


def _final(code: int, told: bytes | str, error: Exception) -> str:
    if 500 <= code < 600:
        return f"{code} {told.decode(errors='replace') if isinstance(told, bytes) else told}"
    raise error


def _record(ctx: "Context", id: int, **values: Any) -> None:
    with ctx.writing() as session:
        session.execute(update(MAILS).where(MAILS.c.id == id).values(**values))
