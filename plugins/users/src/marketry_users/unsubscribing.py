"""Saying no to news with one click, out of any mail, without signing in."""

from itsdangerous import BadData

from marketry import Context
from marketry_users.consents import record_consent
from marketry_users.customers import by_id
from marketry_users.models import Customer, Subscriber
from marketry_users.newsletter import end_news

PURPOSE = "users.unsubscribe"


def unsubscribe_link(ctx: Context, recipient: str) -> str:
    """The address for the foot of a mail and its List-Unsubscribe header (RFC 8058: a POST to it is enough). `recipient` is the
    id of a customer, or of a subscriber without an account."""
    return ctx.url(f"/newsletter/unsubscribe?token={ctx.runtime.signer(PURPOSE).dumps(recipient)}", absolute=True)


def recipient_of(ctx: Context, token: str) -> Customer | Subscriber | None:
    """Whose link this is. It doesn't expire: old mails must keep working."""
    try:
        whose = str(ctx.runtime.signer(PURPOSE).loads(token))
    except BadData:
        return None
    return by_id(ctx, whose) or ctx.session.get(Subscriber, whose)


def unsubscribe(ctx: Context, token: str) -> bool:
    """No more news; False where the link is nobody's. Inside `ctx.writing()`."""
    recipient = recipient_of(ctx, token)
    if isinstance(recipient, Customer):
        record_consent(ctx, recipient, False, "mail")
        return True
    return recipient is not None and end_news(ctx, recipient.id)
