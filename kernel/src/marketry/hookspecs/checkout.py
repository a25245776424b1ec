"""Checkout: a plugin's own inputs, vetoes, and the moment an order commits."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from marketry.commerce.checkout import Draft, Hold, Input
from marketry.commerce.quote import Quote
from marketry.plugins.markers import Failure, hookspec
from marketry.problems import Problem

if TYPE_CHECKING:
    from marketry.context import Context


@hookspec(Failure.BOOT)
def checkout_inputs() -> Sequence[Input]:  # type: ignore[empty-body]
    """Declare places for your data on carts and lines. Called once at boot; keys are unique within your plugin."""


@hookspec(Failure.CLOSED)
def validate_cart(ctx: "Context", quote: Quote) -> Sequence[Problem]:  # type: ignore[empty-body]
    """Return problems that the buyer should see in the cart (minimum order, not sold to this country).

    Called inside a session whenever the cart is shown in full and again at placing, where any problem refuses.
    """


@hookspec(Failure.CLOSED)
def validate_checkout(ctx: "Context", quote: Quote) -> Sequence[Problem]:  # type: ignore[empty-body]
    """Return problems that forbid placing this order now (address not served, fraud rule, age).

    Called inside a session at placing, before the transaction; not while the cart is only shown.
    """


@hookspec(Failure.CLOSED)
def order_committing(ctx: "Context", draft: Draft) -> Sequence[Hold]:  # type: ignore[empty-body]
    """Write what must become true together with the order, through `ctx.session`; return holds to place on it.

    Called once per order, inside the placing transaction after stock is reserved. Raise `Refused` to stop the order:
    nothing is kept. No I/O but the database. Not called again when a completed cart is replayed.
    """
