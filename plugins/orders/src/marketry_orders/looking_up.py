"""A guest's way back to an order without its link: whoever knows its number and the address it was confirmed to."""

from hashlib import sha256
from hmac import compare_digest

from sqlalchemy import bindparam, select

from marketry import Context
from marketry.problems import Problem, Refused
from marketry.web.ratelimits import network, rate_limit
from marketry_orders.access import sign
from marketry_orders.models import Order

FROM_ONE_NETWORK = "20/15 minutes"
OF_ONE_ORDER = "10/hour"
_orders = Order.__table__  # type: ignore[attr-defined]
_FOUND = select(_orders.c.number, _orders.c.email, _orders.c.access_key).where(_orders.c.number == bindparam("number"))


def look_up(ctx: Context, number: str, email: str) -> tuple[str, str]:
    """The order's number as it is written, and a token that opens it.

    Raises Refused (404) with the same words whether the number or the address is wrong, after the same work; 429 for too many
    tries from one network or of one number, whether or not there is such an order.
    """
    written = as_written(number)
    rate_limit(ctx, f"orders.look-up.from:{network(ctx)}", FROM_ONE_NETWORK)
    rate_limit(ctx, f"orders.look-up.of:{_digest(written).hex()[:32]}", OF_ONE_ORDER)
    with ctx.reading() as session:
        row = session.execute(_FOUND, {"number": written}).one_or_none()
    stored, key = (row.email, row.access_key) if row else ("", "")
    token = sign(ctx, written, key)
    # Compared as digests: of one length, in a time that doesn't tell how much of it is right.
    if not (compare_digest(_digest(_folded(email)), _digest(_folded(stored))) and stored):
        raise Refused(Problem("order_not_found", _neither(ctx), status=404))
    return written, token


def as_written(number: str) -> str:
    """The number out of what people type and paste: in capitals, without spaces, hyphens and the # before it."""
    return "".join(letter for letter in number.upper() if letter.isalnum())[:16]


def _folded(email: str) -> str:
    return email.strip().lower()  # as carts keep it


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()


def _neither(ctx: Context) -> str:
    return ctx.gettext("We know no order with this number and this e-mail address. Both are in the mail that confirmed it.")
