"""Whose cart it is. A guest's opens by its token; a customer's to that customer, on any device, and by its token over JSON."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from marketry import Context
from marketry.commerce.people import CustomerBook
from marketry.settings.segment_choices import price_group_among, price_groups
from marketry_orders.cart_queries import StoredCart
from marketry_orders.domain.numbers import matches
from marketry_orders.models import Cart

_cart = Cart.__table__  # type: ignore[attr-defined]
STANDING = "standing."  # how the ids of carts begin that plugins' jobs fill for customers who aren't there; others hold no dot
chosen_by_themselves = ~_cart.c.id.startswith(STANDING)
_OPEN = (_cart.c.completed_at.is_(None), _cart.c.expires_at > bindparam("now", type_=_cart.c.expires_at.type))
_OWN = (
    select(_cart.c.id)
    .where(_cart.c.customer == bindparam("customer"), chosen_by_themselves, *_OPEN)
    .order_by((_cart.c.id == bindparam("preferred")).desc(), _cart.c.updated_at.desc(), _cart.c.id)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class CartKey:
    """What opens a cart: its id and its secret token, which its customer needn't have. `by_cookie`: a browser sent it, which
    others may use after its owner signed out; then a customer's cart opens to that customer alone."""

    id: str
    token: str
    by_cookie: bool = False


def customer_of(ctx: Context) -> str | None:
    """The id of the customer who acts; None for guests, staff and jobs."""
    return ctx.actor.id if ctx.actor.kind == "customer" else None


def price_group_of(ctx: Context, cart: StoredCart) -> str:
    """The price group of the customer whose cart it is, whoever looks at it or completes it; "" for a guest's."""
    if cart.customer is None or not price_groups(ctx.site):
        return ""
    if cart.customer == customer_of(ctx):
        return price_group_among(ctx.site, ctx.actor.groups)
    book = ctx.service(CustomerBook)  # type: ignore[type-abstract]
    customer = book.customer(ctx, cart.customer) if book else None
    return price_group_among(ctx.site, customer.groups) if customer else ""


def admits(ctx: Context, cart: StoredCart, key: CartKey) -> bool:
    """Whether `key` opens `cart` to whoever acts; a cart of another customer never."""
    who = customer_of(ctx)
    if cart.customer is None:
        return matches(key.token, cart.token_hash)
    if who == cart.customer:
        return True
    return who is None and not key.by_cookie and matches(key.token, cart.token_hash)


def own_cart(ctx: Context, preferred: str = "") -> CartKey | None:
    """The signed-in customer's open cart: the `preferred` one where it is theirs, else the one used last. None for guests."""
    who = customer_of(ctx)
    if who is None:
        return None
    with ctx.reading() as session:
        found = session.execute(_OWN, {"customer": who, "now": ctx.now(), "preferred": preferred}).scalar()
    return CartKey(found, "", by_cookie=True) if found else None
