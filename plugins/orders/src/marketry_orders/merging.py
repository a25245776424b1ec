"""A customer arrives: the cart of this browser and theirs from elsewhere become one.

Quantities of the same line add up, lines with other inputs stay apart, and what the browser's cart says of address, delivery,
payment, coupons and currency wins. What was merged is gone, so that doing it again adds nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, or_, select, text
from starlette.responses import Response

from marketry import Context
from marketry.commerce.events import CartChanged
from marketry.commerce.people import Customer
from marketry_orders import cart_queries
from marketry_orders.cart_lines import MOST
from marketry_orders.cart_owners import CartKey, chosen_by_themselves
from marketry_orders.cart_queries import StoredCart, StoredLine
from marketry_orders.domain.numbers import matches, new_id
from marketry_orders.models import Cart
from marketry_orders.routes.cookies import keep_cart, kept_key
from marketry_orders.settings import OrderSettings

_cart = Cart.__table__  # type: ignore[attr-defined]
# What the browser's cart decides where it says anything.
WINS = ("email", "shipping_address", "billing_address", "methods", "payments", "coupons", "country")


def merge_carts(ctx: Context, customer: Customer, response: Response) -> None:
    """Make one cart of all that are open, and let the browser remember it. Inside the transaction of signing in.

    The customer's own cart stays the one it is, so that their other devices find it.
    """
    is_page = ctx.request is not None and not ctx.request.url.path.startswith("/api/")
    kept = kept_key(ctx) if is_page else None
    found = _open_carts(ctx, customer, kept)
    own = sorted((c for c in found if c.customer == customer.id), key=lambda c: c.expires_at, reverse=True)
    here = [c for c in found if c.customer is None and kept is not None and matches(kept.token, c.token_hash)]
    if not own and not here:
        return
    target = own[0] if own else here[0]
    for other in [*reversed(own[1:]), *here]:  # the browser's last, since the last one wins
        if other.id != target.id:
            target = _merged(ctx, target, other)
    if target.customer is None:
        cart_queries.touch(ctx.session, target, {"customer": customer.id, "updated_at": ctx.now()})
    if is_page:
        keep_cart(ctx, response, CartKey(target.id, "", by_cookie=True))


def _open_carts(ctx: Context, customer: Customer, kept: CartKey | None) -> list[StoredCart]:
    """Those of the customer and the browser's, locked until the end of the transaction."""
    session = ctx.session
    if session.get_bind().dialect.name == "postgresql":
        # Two sign-ins at once, each with a guest's cart: neither sees that the other's becomes the customer's.
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:who, 0))"), {"who": f"orders.cart:{customer.id}"})
    whose = or_(_cart.c.customer == customer.id, _cart.c.id == (kept.id if kept else ""))
    ids = session.scalars(
        select(_cart.c.id)
        .where(whose, chosen_by_themselves, _cart.c.completed_at.is_(None), _cart.c.expires_at > ctx.now())
        .order_by(_cart.c.id)
        .with_for_update()
    ).all()
    return [cart for one in ids if (cart := cart_queries.find_cart(session, one)) is not None and cart.completed_at is None]


def _merged(ctx: Context, target: StoredCart, other: StoredCart) -> StoredCart:
    """`target` with what `other` held; `other` is gone."""
    session, now = ctx.session, ctx.now()
    cart_queries.touch(
        session, target, {**merged_values(target, other), "shown_total": None, "shown_hash": None, "updated_at": now}
    )
    known = {line.identity: line for line in target.lines}
    room = ctx.settings(OrderSettings).cart_lines - len(known)
    for line in other.lines:
        same = known.get(line.identity)
        if same:
            cart_queries.set_quantity(session, target.id, same.id, min(MOST, same.quantity + line.quantity))
        elif room > 0:
            room -= 1
            moved = StoredLine(new_id(), line.sku, line.quantity, line.data, line.identity)
            cart_queries.insert_line(session, target.id, moved, now)
    session.execute(delete(_cart).where(_cart.c.id == other.id))
    skus: Sequence[str] = tuple(line.sku for line in other.lines)
    if skus:
        ctx.publish(CartChanged(at=now, cart=target.id, skus=tuple(skus), removed=False))
    found = cart_queries.find_cart(session, target.id)
    assert found is not None  # noqa: S101 – it is locked
    return found


def merged_values(target: StoredCart, other: StoredCart) -> Mapping[str, Any]:
    """The columns of `target` after `other` joined it, which wins where it says anything."""
    values = {name: getattr(other, name) or getattr(target, name) for name in WINS}
    data = {**target.data, **{plugin: {**target.data.get(plugin, {}), **keys} for plugin, keys in other.data.items()}}
    expires_at = max(target.expires_at, other.expires_at)
    return {**values, "data": data, "currency": other.currency, "locale": other.locale, "expires_at": expires_at}
