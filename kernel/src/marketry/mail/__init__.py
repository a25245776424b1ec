"""Mail: rendered and stored in the transaction that causes it, sent by a job under a stable Message-ID."""

from marketry.mail.mailer import Mailer

__all__ = ["Mailer"]
