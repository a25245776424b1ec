"""Opening an account, in two steps: a request, which says nothing of who has an account; and the link in the mail.

The row of the customer comes to be only with the second step. So nobody can take an address that isn't theirs, or wait with a
password of their own in an account that its owner will confirm.
"""

from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from marketry import Context
from marketry.commerce.events import CustomerRegistered
from marketry.hookspecs import people
from marketry_users.consents import record_consent
from marketry_users.customers import by_email, name_key, person
from marketry_users.inputs import Registering
from marketry_users.models import Customer, Registration
from marketry_users.newsletter import take_over
from marketry_users.tokens import hashed, new_id, new_token

VALID = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Pending:
    """A registration whose link was followed. `password` is the hash."""

    id: str
    email: str
    password: str
    browser: str


def request_account(ctx: Context, wanted: Registering, password: str, source: str, browser: str = "") -> None:
    """Note the request and have a mail sent; `password` is its hash, `browser` the secret in the browser's cookie.

    The same work whether or not there is such an account: what the mail says is found out by the job. Inside `ctx.writing()`.
    """
    now = ctx.now()
    row = Registration(
        id=new_id(), email=wanted.email, name=wanted.name, locale=ctx.locale, password=password,
        marketing_source=source if wanted.marketing else "", browser=hashed(browser) if browser else "",
        created_at=now, expires_at=now + VALID,
    )  # fmt: skip
    ctx.session.add(row)
    ctx.session.flush()
    _have_mailed(ctx, row.id)


def request_again(ctx: Context, browser: str) -> str | None:
    """Have the mail of this browser's latest request sent once more; its address, or None where there is no such request."""
    mine = (col(Registration.browser) == hashed(browser), col(Registration.expires_at) > ctx.now())
    row = ctx.session.scalars(select(Registration).where(*mine).order_by(col(Registration.created_at).desc())).first()
    if row is None:
        return None
    _have_mailed(ctx, row.id)
    return row.email


def _have_mailed(ctx: Context, registration: str) -> None:
    ctx.enqueue("users.mail_registration", {"registration": registration}, key=f"users.registration:{token_hex(12)}")


def issue_confirmation(ctx: Context, row: Registration) -> str:
    """A token for the mail; one that was sent before no longer works."""
    token = new_token()
    row.hash = hashed(token)
    ctx.session.flush()
    return token


def pending(ctx: Context, token: str) -> Pending | None:
    """The registration behind a link that would work now."""
    live = (col(Registration.hash) == hashed(token), col(Registration.expires_at) > ctx.now())
    row = ctx.session.scalars(select(Registration).where(*live)).one_or_none()
    return Pending(row.id, row.email, row.password, row.browser) if row else None


def same_browser(found: Pending, browser: str | None) -> bool:
    return bool(browser) and found.browser == hashed(browser or "")


def open_account(ctx: Context, id: str) -> Customer | None:
    """Make the customer of a registration whose link was followed; None where it was used meanwhile, or the address taken.

    Tells the plugins that the address is confirmed, and all others that there is a new customer. Inside `ctx.writing()`.
    """
    row = ctx.session.get(Registration, id)
    claimed = ctx.session.execute(delete(Registration).where(col(Registration.id) == id)).rowcount  # type: ignore[attr-defined]
    if row is None or not claimed or by_email(ctx, row.email) is not None:
        return None
    customer = _customer(ctx, row)
    try:
        with ctx.session.begin_nested():
            ctx.session.add(customer)
    except IntegrityError:  # somebody followed another link of the same address at the same moment
        return None
    ctx.session.execute(delete(Registration).where(col(Registration.email) == customer.email))
    if row.marketing_source:
        record_consent(ctx, customer, True, row.marketing_source)
    take_over(ctx, customer)
    ctx.hooks.each(people.customer_verified, ctx, person(ctx, customer))
    ctx.publish(CustomerRegistered(at=ctx.now(), customer=customer.id))
    ctx.mail.queue(
        ctx, to=customer.email, template="users/mail/welcome", values={"name": customer.name},
        key=f"users.welcome:{customer.id}", locale=customer.locale,
    )  # fmt: skip
    return customer


def _customer(ctx: Context, row: Registration) -> Customer:
    now = ctx.now()
    return Customer(
        id=f"customer:{new_id()}", email=row.email, name=row.name, name_key=name_key(row.name), locale=row.locale,
        password=row.password, password_at=now, verified_at=now, created_at=now,
    )  # fmt: skip


def sweep_registrations(ctx: Context) -> None:
    """Forget requests that nobody confirmed. Run by the schedule, inside `ctx.writing()`."""
    ctx.session.execute(delete(Registration).where(col(Registration.expires_at) <= ctx.now()))
