"""Queueing a mail: it is rendered now, from what is true now, and sent once the transaction has committed."""

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from marketry.jobs.values import IMPORT
from marketry.mail.tables import MAILS
from marketry.settings.retention import kept_for

if TYPE_CHECKING:
    from marketry.context import Context
    from marketry.runtime import Runtime


class Mailer:
    """`[mail]` of the site: `smtp_url` (smtp://user:password@host:587, smtps://…), `from` (`Shop <shop@example.com>`),
    `keep_days` (how long a mail stays after it was sent; 180)."""

    def __init__(self, runtime: "Runtime") -> None:
        settings = runtime.site.table("mail")
        self.smtp_url: str = str(settings.get("smtp_url") or "")
        self.host = urlsplit(runtime.site.base_url).hostname or "localhost"
        self.sender: str = str(settings.get("from") or f"{runtime.site.name} <no-reply@{self.host}>")
        self.kept_for = kept_for(settings.get("keep_days"))
        self._runtime = runtime

    def queue(
        self, ctx: "Context", *, to: str, template: str, values: Mapping[str, Any], key: str, locale: str | None = None
    ) -> bool:
        """Render `<template>.html` and `<template>.txt` in `locale` and send them to `to` after the commit; without a server
        they are kept, where staff read them.

        The first line of the text is the subject. A mail whose `key` was queued before is left alone (False).
        ValueError where `to` is no address. Nobody is told of what is entered from the past, in the channel "import" (False).
        """
        check_address(to)
        if ctx.channel == IMPORT:
            return False
        row = self._rendered(ctx.with_locale(locale) if locale else ctx, template, values)
        state = "queued" if self.smtp_url else "kept"  # where no server is configured there is nothing to do
        row |= {"key": key, "recipient": to, "message_id": self.message_id(key), "created_at": ctx.now(), "state": state}
        insert = postgresql_insert if self._runtime.database.dialect == "postgresql" else sqlite_insert
        new = ctx.session.scalar(insert(MAILS).values(**row).on_conflict_do_nothing().returning(MAILS.c.id))
        if new is None:
            return False
        if self.smtp_url:
            ctx.enqueue("kernel.mail", {"mail": new}, key=f"mail:{new}")
        return True

    def send_again(self, ctx: "Context", id: int) -> bool:
        """Queue a kept, refused or sent mail once more, under the same Message-ID; False where there is none."""
        changed = update(MAILS).where(MAILS.c.id == id, MAILS.c.state != "queued").values(state="queued", error=None)
        if not ctx.session.connection().execute(changed).rowcount:
            return False
        ctx.enqueue("kernel.mail", {"mail": id}, key=f"mail:{id}:{ctx.now().isoformat()}")
        return True

    def message_id(self, key: str) -> str:
        """The same for the same key, whenever and however often it is sent (RFC 5322, 3.6.4)."""
        digest = hashlib.sha256(f"{self._runtime.site.base_url}\n{key}".encode()).hexdigest()[:40]
        return f"<{digest}@{self.host}>"

    def _rendered(self, ctx: "Context", template: str, values: Mapping[str, Any]) -> dict[str, Any]:
        from marketry.web.templates import templates_of

        templates = templates_of(self._runtime)
        subject, _, text = templates.page(ctx, f"{template}.txt", values).strip().partition("\n")
        html = templates.page(ctx, f"{template}.html", values)
        return {
            "plugin": template.partition("/")[0], "template": template, "locale": ctx.locale,
            "subject": " ".join(subject.split())[:998], "text": text.strip() + "\n", "html": html,
        }  # fmt: skip


def check_address(address: str) -> None:
    """Only what could break a header or the envelope is refused; whether anybody lives there, the mail will show."""
    local, _, host = address.rpartition("@")
    if not local or not host or len(address) > 320 or any(c.isspace() or c in '<>,;:"\\()[]' or ord(c) < 32 for c in address):
        raise ValueError(f"{address!r} is no e-mail address")
