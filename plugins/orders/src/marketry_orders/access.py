"""Who may see an order: whoever holds a signed token that expires, until its key is changed."""

from datetime import datetime, timedelta

from itsdangerous import BadData
from itsdangerous.encoding import want_bytes
from sqlalchemy import bindparam, select

from marketry import Context
from marketry.problems import Problem, Refused
from marketry_orders.models import Order
from marketry_orders.settings import OrderSettings

PURPOSE = "order-link"
_orders = Order.__table__  # type: ignore[attr-defined]
_KEY = select(_orders.c.access_key).where(_orders.c.number == bindparam("number"))


def order_token(ctx: Context, number: str, since: datetime | None = None) -> str:
    """A token that opens the order for as long as the settings say, counted from `since` (None: now). Reads its key."""
    with ctx.reading() as session:
        key = session.execute(_KEY, {"number": number}).scalar_one()
    return sign(ctx, number, key, since)


def sign(ctx: Context, number: str, access_key: str, since: datetime | None = None) -> str:
    """The token of an order whose key is known. The same `since` gives the same token."""
    serializer = ctx.runtime.signer(PURPOSE)
    if since is None:
        return str(serializer.dumps([number, access_key]))
    signer = serializer.make_signer(serializer.salt)
    signer.get_timestamp = lambda: int(since.timestamp())  # type: ignore[attr-defined]
    return signer.sign(want_bytes(serializer.dump_payload([number, access_key]))).decode()


def order_link(ctx: Context, number: str, since: datetime | None = None) -> str:
    """The absolute address of the buyer's order page with its token, in the context's language, for mails and gateways. A
    gateway that is asked again must be told the same address: `since` is then when the attempt was made."""
    return ctx.url(f"/orders/{number}?token={order_token(ctx, number, since)}", absolute=True)


def return_address(ctx: Context, number: str, payment_id: str, since: datetime) -> str:
    """Where a gateway sends the buyer after paying: the order's page, by way of asking how the payment stands. `since`: when
    the attempt was made."""
    return order_link(ctx, number, since).replace(f"/orders/{number}?", f"/orders/{number}/return?payment={payment_id}&", 1)


def opens(ctx: Context, number: str, token: str, access_key: str) -> bool:
    """Whether `token` opens this order now. Raises Refused (410) for one that did and has expired."""
    try:
        signed, since = ctx.runtime.signer(PURPOSE).loads(token, return_timestamp=True)
    except BadData:
        return False
    if signed != [number, access_key]:
        return False
    if ctx.now() - since > timedelta(days=ctx.settings(OrderSettings).order_link_days):
        message = ctx.gettext("This link has expired. Ask the shop for a new one.")
        raise Refused(Problem("link_expired", message, "token", status=410))
    return True
