"""Saying no to news with one click, out of any mail, without signing in."""

from itsdangerous import BadData

from marketry import Context
from marketry_users.consents import record_consent
from marketry_users.customers import by_id
from marketry_users.models import Customer

PURPOSE = "users.unsubscribe"


def unsubscribe_link(ctx: Context, customer: str) -> str:
    """The address for the foot of a mail and its List-Unsubscribe header (RFC 8058: a POST to it is enough)."""
    return ctx.url(f"/newsletter/unsubscribe?token={ctx.runtime.signer(PURPOSE).dumps(customer)}", absolute=True)


def subscriber(ctx: Context, token: str) -> Customer | None:
    """Whose link this is. It doesn't expire: old mails must keep working."""
    try:
        return by_id(ctx, str(ctx.runtime.signer(PURPOSE).loads(token)))
    except BadData:
        return None


def unsubscribe(ctx: Context, token: str) -> bool:
    """No more news; False where the link is nobody's. Inside `ctx.writing()`."""
    customer = subscriber(ctx, token)
    if customer is None:
        return False
    record_consent(ctx, customer, False, "mail")
    return True
