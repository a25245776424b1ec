"""News for those who have no account: asked for with an address, begun by the link in a mail (double opt-in), ended by one in
each letter.

The request leaves nothing behind but the mail: what it asked for stands in the link itself, signed. So an address that never
confirms goes with the mail (kept as long as mails are, forgotten where its owner is), and neither the answer nor its time tells
who has an account or gets news already.
"""

from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadData
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from marketry import Context
from marketry_users.consents import WORDING, record_consent
from marketry_users.customers import by_email
from marketry_users.models import Customer, Subscriber
from marketry_users.tokens import new_id

PURPOSE = "users.newsletter"
VALID = timedelta(days=3)
MAIL = "users/mail/secret/newsletter"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a link that works would begin."""

    email: str
    locale: str


def ask_for_news(ctx: Context, email: str) -> None:
    """Have the link mailed to `email` (normal). The same work for all addresses. Inside `ctx.writing()`.

    By no job of ours: what jobs are told is kept for weeks, and no erasure looks there.
    """
    link = newsletter_link(ctx, email)
    ctx.mail.queue(ctx, to=email, template=MAIL, values={"link": link}, key=f"users.newsletter:{new_id()}")


def newsletter_link(ctx: Context, email: str) -> str:
    """The absolute address that begins the news of `email` in the context's language; it works for VALID."""
    token = ctx.runtime.signer(PURPOSE).dumps([email, ctx.locale])
    return ctx.url(f"/newsletter/confirm?token={token}", absolute=True)


def wanted_by(ctx: Context, token: str) -> Wanted | None:
    """What the link asks for; None where it is not one of ours, or too old."""
    try:
        email, locale = ctx.runtime.signer(PURPOSE).loads(token, max_age=int(VALID.total_seconds()))
    except (BadData, ValueError, TypeError):
        return None
    return Wanted(str(email), str(locale))


def subscribe(ctx: Context, wanted: Wanted) -> None:
    """Begin the news: a consent of the customer with this address, or a subscriber. Again changes nothing. In `ctx.writing()`."""
    customer = by_email(ctx, wanted.email)
    if customer is not None:
        record_consent(ctx, customer, True, "newsletter")
        return
    there = ctx.with_locale(wanted.locale)
    row = Subscriber(
        id=f"subscriber:{new_id()}", email=wanted.email, locale=wanted.locale, at=ctx.now(), wording=there.gettext(WORDING)
    )
    try:
        with ctx.session.begin_nested():
            ctx.session.add(row)
    except IntegrityError:  # they get news already
        return


def take_over(ctx: Context, customer: Customer) -> None:
    """The address of `customer` was a subscriber's: the yes goes over to the account. Inside `ctx.writing()`."""
    row = ctx.session.scalars(select(Subscriber).where(col(Subscriber.email) == customer.email)).one_or_none()
    if row is not None:
        ctx.session.delete(row)
        record_consent(ctx, customer, True, "newsletter")


def end_news(ctx: Context, subscriber: str) -> bool:
    """Forget a subscriber by id; False where there is none. Inside `ctx.writing()`."""
    return bool(ctx.session.execute(delete(Subscriber).where(col(Subscriber.id) == subscriber)).rowcount)  # type: ignore[attr-defined]
