"""The SMTP server of a site: smtp://user:password@host:587 (STARTTLS where offered) or smtps://host:465."""

import smtplib
import ssl
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from marketry.outbound import is_this_machine


class InsecureServer(smtplib.SMTPException):
    """The server offers no encryption, and a password would have been sent over the network in clear."""


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    tls: bool
    user: str = ""
    password: str = ""

    def connect(self, timeout: float) -> smtplib.SMTP:
        """A connection, encrypted where the server can, signed in where the address has a user."""
        context = ssl.create_default_context()
        if self.tls:
            peer: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=timeout, context=context)
        else:
            peer = smtplib.SMTP(self.host, self.port, timeout=timeout)
        try:
            peer.ehlo()
            if not self.tls and peer.has_extn("starttls"):
                peer.starttls(context=context)
                peer.ehlo()
            elif not self.tls and self.user and not is_this_machine(self.host):
                raise InsecureServer(f"{self.host} offers no STARTTLS; use smtps:// or a server that does")
            if self.user:
                peer.login(self.user, self.password)
        except BaseException:
            peer.close()
            raise
        return peer


def parse_server(url: str) -> Server:
    """ValueError where `url` is no address of an SMTP server. It says nothing of the address, which holds a password: that of one
    with `#` or `/` in it, not written as %23 or %2F, would be taken for a port and named."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or parts.scheme not in ("smtp", "smtps"):
        raise ValueError(
            "the mail server's address is smtp://[user:password@]host[:port] or smtps://…; "
            "in a password, / # ? @ and % are written as %2F %23 %3F %40 and %25"
        )
    tls = parts.scheme == "smtps"
    return Server(host, port or (465 if tls else 587), tls, unquote(parts.username or ""), unquote(parts.password or ""))
