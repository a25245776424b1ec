"""Whether the site's mail server lets us in: as far as a mail would get before its first address. No mail is sent."""

import smtplib
from typing import TYPE_CHECKING

from marketry.connections import ConnectionResult, ConnectionTest
from marketry.mail.smtp import InsecureServer, Server, parse_server
from marketry.telemetry import log

if TYPE_CHECKING:
    from marketry.context import Context

TIMEOUT = 10.0  # seconds, for each step


def try_mail_server(ctx: "Context") -> ConnectionResult:
    """Connect, encrypt and sign in as a mail would."""
    _ = ctx.gettext
    if not ctx.mail.smtp_url:
        return ConnectionResult(
            False, _("No mail server is set, so mails are kept and not sent. Set smtp_url in [mail] of marketry.toml.")
        )
    try:
        server = parse_server(ctx.mail.smtp_url)
    except ValueError as error:
        return ConnectionResult(False, _("The mail server's address can't be read: %(reason)s.", reason=str(error)))
    place = f"{server.host}:{server.port}"
    facts = {_("Server"): place, _("Sender"): ctx.mail.sender}
    try:
        encrypted = _greet(server)
    except (smtplib.SMTPException, OSError) as error:
        log.warning("mail_server_refused", server=place, error=repr(error))
        return ConnectionResult(False, _what_to_do(ctx, error), facts)
    facts[_("Encrypted")] = _("yes") if encrypted else _("no")
    signed_in = _("The mail server answers and takes the user's name and password.")
    return ConnectionResult(True, signed_in if server.user else _("The mail server answers."), facts)


def _greet(server: Server) -> bool:
    """Whether the connection was encrypted."""
    peer = server.connect(TIMEOUT)
    try:
        peer.noop()
        return hasattr(peer.sock, "cipher")
    finally:
        peer.close()


def _what_to_do(ctx: "Context", error: Exception) -> str:
    _ = ctx.gettext
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _(
            "The mail server refused the user's name or the password. Correct them in smtp_url; some providers want a "
            "password made for programs."
        )
    if isinstance(error, InsecureServer):
        return _("The server offers no encryption, and a password isn't sent in clear. Use smtps:// or another server.")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return _("The server doesn't take sign-ins here. Try another port, or leave user and password out of smtp_url.")
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        return _(
            "The mail server can't be reached (%(reason)s). Look at host and port in smtp_url.",
            reason=str(error) or type(error).__name__,
        )
    return _(
        "The mail server answered otherwise than mail servers do (%(reason)s). Look at host and port in smtp_url.",
        reason=type(error).__name__,
    )


MAIL_SERVER = ConnectionTest("mail", "Mail server", try_mail_server)
