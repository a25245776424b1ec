"""Signing in: look the account up, compare the password, and only then say anything."""

from dataclasses import dataclass

from marketry import Context
from marketry.problems import Problem, Refused
from marketry_users.customers import by_email, by_id
from marketry_users.domain.emails import normal
from marketry_users.domain.passwords import normal_password
from marketry_users.inputs import SigningIn
from marketry_users.limits import limit_sign_in
from marketry_users.models import Customer


@dataclass(frozen=True, slots=True)
class Attempt:
    """`customer` and `stored` (the hash) are None where there is no such account."""

    password: str
    customer: str | None = None
    stored: str | None = None


def attempt(ctx: Context, typed: SigningIn) -> Attempt:
    """Count the try, and find what to compare with. Refuses (429) one too many, whether or not there is such an account."""
    try:
        email = normal(typed.email)
    except ValueError:
        email = typed.email.strip().lower()
    limit_sign_in(ctx, email)
    with ctx.reading():
        row = by_email(ctx, email)
        password = normal_password(typed.password)
        return Attempt(password, row.id, row.password) if row else Attempt(password)


def admitted(ctx: Context, tried: Attempt, right: bool) -> Customer:
    """The customer; Refused (422) with one and the same answer for a wrong password and for no account, 403 where staff have
    blocked it. Inside `ctx.writing()`."""
    row = by_id(ctx, tried.customer) if right and tried.customer else None
    if row is None or row.password != tried.stored:  # changed while it was compared
        raise Refused(Problem("wrong_credentials", _wrong(ctx), "password"))
    if row.blocked_at is not None:
        message = ctx.gettext("This account has been closed by the shop. Please write to us.")
        raise Refused(Problem("blocked", message, status=403))
    return row


def _wrong(ctx: Context) -> str:
    return ctx.gettext(
        "The address and the password don't match, or the address isn't confirmed yet: then the link is in your mail."
    )
