"""Coupons as the cart sees them: a service of the plugin that knows the codes. Without one, no page asks for a code."""

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from marketry.commerce.cart import Cart
from marketry.problems import Problem

if TYPE_CHECKING:
    from marketry.context import Context


@runtime_checkable
class CouponBook(Protocol):
    """Says whether a code is worth keeping on a cart; what it takes off is decided by the plugin's pricing steps."""

    def check(self, ctx: "Context", cart: Cart, code: str) -> Problem | None:
        """None when `code` may be put on the cart, otherwise why not. Called inside a session, as the buyer types it."""
        ...
