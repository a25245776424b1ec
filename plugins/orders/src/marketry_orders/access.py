"""Who may see an order: whoever holds a signed token that expires, until its key is changed."""

from datetime import timedelta

from itsdangerous import BadData
from sqlalchemy import bindparam, select

from marketry import Context
from marketry.problems import Problem, Refused
from marketry_orders.models import Order
from marketry_orders.settings import OrderSettings

PURPOSE = "order-link"
_orders = Order.__table__  # type: ignore[attr-defined]
_KEY = select(_orders.c.access_key).where(_orders.c.number == bindparam("number"))


def order_token(ctx: Context, number: str) -> str:
    """A token that opens the order for as long as the settings say. Looks the order's key up."""
    with ctx.reading() as session:
        key = session.execute(_KEY, {"number": number}).scalar_one()
    return sign(ctx, number, key)


def sign(ctx: Context, number: str, access_key: str) -> str:
    return str(ctx.runtime.signer(PURPOSE).dumps([number, access_key]))


def order_link(ctx: Context, number: str) -> str:
    """The absolute address of the buyer's order page with its token, in the context's language, for mails and gateways."""
    return ctx.url(f"/orders/{number}?token={order_token(ctx, number)}", absolute=True)


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
