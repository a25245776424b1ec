"""Opening, finding and changing carts. Every change is read, priced, then written in one short guarded transaction.

A cart is known by its id and a token, a customer's also by who is signed in (`cart_owners.py`); to others there is no such cart.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from marketry import Context
from marketry.commerce.events import CartChanged
from marketry.commerce.items import Item
from marketry.problems import Problem, Refused, conflict
from marketry.web import network, rate_limit
from marketry_orders import cart_queries
from marketry_orders.cart_owners import CartKey, admits, customer_of
from marketry_orders.cart_queries import StoredCart
from marketry_orders.domain.numbers import hashed, new_id, new_token
from marketry_orders.quoting import Priced, price_cart, quiet
from marketry_orders.settings import OrderSettings

ATTEMPTS = 8  # a cart has one buyer; more writers than that at once are no people


@dataclass(frozen=True, slots=True)
class Change:
    """The cart as it shall be, the columns to set, what to write to its lines, and a last look at the priced result.

    `items` were resolved on the way, so that pricing needn't ask again.
    """

    cart: StoredCart
    values: Mapping[str, Any] = field(default_factory=dict)
    write: Callable[[Session], None] = lambda session: None
    check: Callable[[Priced], None] = lambda priced: None
    items: Mapping[str, Item] = field(default_factory=dict)
    skus: tuple[str, ...] = ()
    removed: bool = False


Edit = Callable[[Context, StoredCart], Change]


def open_cart(ctx: Context, *, currency: str | None = None, country: str | None = None) -> CartKey:
    """A new, empty cart of the site's or the given currency. Inside `ctx.writing()` or not."""
    key, now = CartKey(new_id(), new_token()), ctx.now()
    values = {
        "id": key.id, "token_hash": hashed(key.token), "currency": currency or ctx.currency, "locale": ctx.locale,
        "channel": ctx.channel, "country": country, "customer": customer_of(ctx), "created_at": now, "updated_at": now,
        "expires_at": now + _life(ctx),
    }  # fmt: skip
    with ctx.writing() as session:
        cart_queries.insert_cart(session, values)
    return key


def limit_opening(ctx: Context) -> None:
    """Refuse (429) to open carts by the thousand from one address; empty ones cost nothing but room."""
    rate_limit(ctx, f"orders.carts.from:{network(ctx)}", f"{ctx.settings(OrderSettings).carts_per_minute}/minute")


def find_cart(ctx: Context, key: CartKey) -> StoredCart:
    """The cart that `key` opens, 404 otherwise: a foreign cart is no cart. Inside a session.

    A guest's cart that a customer uses is theirs from the next change on; it is priced as theirs already.
    """
    cart = cart_queries.find_cart(ctx.session, key.id)
    if cart is None or not admits(ctx, cart, key) or cart.expires_at < ctx.now():
        raise no_cart(ctx)
    return cart if cart.customer else replace(cart, customer=customer_of(ctx))


def no_cart(ctx: Context) -> Refused:
    message = ctx.gettext("There is no such cart, or its token is missing or wrong.")
    return Refused(Problem("cart_not_found", message, "X-Cart-Token", status=404))


def open_for_change(ctx: Context, key: CartKey) -> StoredCart:
    """As `find_cart`, refusing (409) a cart that has become an order."""
    cart = find_cart(ctx, key)
    if cart.completed_at is not None:
        raise conflict("cart_completed", ctx.gettext("This cart has become an order and can't be changed any more."), "cart")
    return cart


def change_cart(ctx: Context, key: CartKey, edit: Edit) -> Priced:
    """Apply `edit` and return the priced result. Where another request was quicker, the whole is done again on its result.

    `edit` decides from what it is given and may refuse; then nothing is written. The total it leads to is noted as the one
    the buyer was shown.
    """
    for _ in range(ATTEMPTS):
        with quiet(ctx):
            with ctx.reading():
                before = open_for_change(ctx, key)
                change = edit(ctx, before)
            priced = price_cart(ctx, change.cart, change.items)
        change.check(priced)
        if _write(ctx, before, change, shown=priced):
            return replace(priced, cart=replace(priced.cart, version=before.version + 1))
    raise _busy(ctx)


def change_unseen(ctx: Context, key: CartKey, edit: Edit) -> None:
    """Apply `edit` without pricing, for pages that send the buyer on: what they show comes with the next page."""
    for _ in range(ATTEMPTS):
        with ctx.reading():
            before = open_for_change(ctx, key)
            change = edit(ctx, before)
        if _write(ctx, before, change, shown=None):
            return
    raise _busy(ctx)


def _busy(ctx: Context) -> Refused:
    return conflict("cart_busy", ctx.gettext("This cart is being changed elsewhere. Please try again."), "cart")


def _write(ctx: Context, before: StoredCart, change: Change, shown: Priced | None) -> bool:
    now = ctx.now()
    total = _noted(shown) if shown else None
    agreed = shown.agreed if shown else None
    values = {
        **change.values, "customer": before.customer, "updated_at": now, "expires_at": now + _life(ctx),
        "shown_total": total, "shown_hash": agreed,
    }  # fmt: skip
    with ctx.writing() as session:
        if not cart_queries.touch(session, before, values):
            return False
        change.write(session)
        if change.skus:
            ctx.publish(CartChanged(at=now, cart=before.id, skus=change.skus, removed=change.removed))
    return True


def _noted(priced: Priced) -> int | None:
    return None if priced.is_beyond else priced.quote.total.minor


def show_cart(ctx: Context, key: CartKey) -> Priced:
    """The priced cart, as it is shown; its total is noted when it differs from what was shown before."""
    with quiet(ctx):
        with ctx.reading():
            cart = find_cart(ctx, key)
        priced = price_cart(ctx, cart)
    if cart.lines and cart.completed_at is None and priced.agreed != cart.shown_hash:
        with ctx.writing() as session:
            cart_queries.remember_shown(session, cart, _noted(priced), priced.agreed)
    return priced


def set_values(values: Mapping[str, Any], check: Callable[[Priced], None] = lambda priced: None) -> Edit:
    """An edit that sets columns of the cart (`email`, `shipping_address`, …)."""
    return lambda ctx, cart: Change(replace(cart, **values), values, check=check)


def units_in(ctx: Context, key: CartKey) -> int:
    """How many units lie in the cart; none for a key that opens nothing."""
    with ctx.reading():
        try:
            return sum(line.quantity for line in find_cart(ctx, key).lines)
        except Refused:
            return 0


def sweep(ctx: Context, batch: int = 500) -> None:
    """Delete carts that nobody came back to. Run by the schedule."""
    while True:
        with ctx.writing() as session:
            count = cart_queries.delete_expired(session, ctx.now(), batch)
        if count < batch:
            return


def _life(ctx: Context) -> timedelta:
    return timedelta(days=ctx.settings(OrderSettings).cart_days)
