"""The jobs that write mails with links. What a mail says depends on who has an account, so it is found out here and not in the
request, whose answer and time tell nothing.

Templates below `secret/` hold links that open something; the back office doesn't show such mails to staff.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from marketry_users.customers import by_email, by_id
from marketry_users.links import VALID, issue_link
from marketry_users.models import Registration
from marketry_users.passwords import reset_link
from marketry_users.registering import issue_confirmation
from marketry_users.tokens import hashed

if TYPE_CHECKING:
    from marketry import Context
    from marketry_users.models import Customer


def mail_registration(ctx: "Context", payload: Mapping[str, Any]) -> None:
    """The link that opens an account; or, where there is one, word to its owner that somebody asked."""
    row = ctx.session.get(Registration, str(payload["registration"]))
    if row is None:
        return
    there = ctx.with_locale(row.locale)
    known = by_email(ctx, row.email)
    if known is not None:
        _tell_owner(ctx, known)
        return
    token = issue_confirmation(ctx, row)
    _send(there, row.email, "users/mail/secret/verify", token, {"name": row.name, "link": _link(there, "verify", token)})


def mail_reset(ctx: "Context", payload: Mapping[str, Any]) -> None:
    """The link to set a new password, to the address that is stored: never to what was typed."""
    found = reset_link(ctx, str(payload["email"]))
    if found is None:
        return
    customer, token = found
    there = ctx.with_locale(str(payload["locale"]))
    minutes = int(VALID["reset"].total_seconds() // 60)
    _send(there, customer.email, "users/mail/secret/reset", token, {"minutes": minutes, "link": _link(there, "reset", token)})


def mail_new_email(ctx: "Context", payload: Mapping[str, Any]) -> None:
    """The link that confirms a new address, and word of it to the old one."""
    customer, email = by_id(ctx, str(payload["customer"])), str(payload["email"])
    if customer is None:
        return
    known = by_email(ctx, email)
    if known is not None:
        _tell_owner(ctx, known)
        return
    there = ctx.with_locale(str(payload["locale"]))
    token = issue_link(ctx, customer.id, "change_email", email)
    _send(there, email, "users/mail/secret/new_email", token, {"link": _link(there, "email", token)})
    _send(ctx.with_locale(customer.locale), customer.email, "users/mail/email_asked", token, {"email": email})


def _tell_owner(ctx: "Context", customer: "Customer") -> None:
    """At most once an hour, however often somebody asks."""
    there = ctx.with_locale(customer.locale)
    hour = ctx.now().strftime("%Y-%m-%dT%H")
    values = {"name": customer.name, "reset": there.url("/account/reset", absolute=True)}
    ctx.mail.queue(
        there, to=customer.email, template="users/mail/already", values=values, key=f"users.already:{customer.id}:{hour}"
    )


def _link(ctx: "Context", page: str, token: str) -> str:
    """From the base URL of the settings; no header of a request has a say (`Context.url`)."""
    return ctx.url(f"/account/{page}?token={token}", absolute=True)


def _send(ctx: "Context", to: str, template: str, token: str, values: Mapping[str, Any]) -> None:
    ctx.mail.queue(ctx, to=to, template=template, values=values, key=f"{template}:{hashed(token)[:24]}")
