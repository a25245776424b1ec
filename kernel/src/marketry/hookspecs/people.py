"""Customers: the pages of their account, and the moments in which they arrive and confirm their address."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from marketry.commerce.people import AccountLink, Customer
from marketry.plugins.markers import Failure, hookspec
from marketry.web.values import Card

if TYPE_CHECKING:
    from starlette.responses import Response

    from marketry.context import Context


@hookspec(Failure.OPEN)
def account_links(ctx: "Context") -> Sequence[AccountLink]:  # type: ignore[empty-body]
    """Return lines for the navigation of the account's pages.

    Called for every full page that extends `account/layout.html`, with the customer as `ctx.actor`. Lines are sorted by
    position, then label. Not called for visitors who are not signed in.
    """


@hookspec(Failure.OPEN)
def account_cards(ctx: "Context") -> Sequence[Card]:  # type: ignore[empty-body]
    """Return cards for the account's first page, in hook order; their `permission` stays empty.

    Called inside `ctx.reading()` when a customer opens /account.
    """


@hookspec(Failure.CLOSED)
def customer_arriving(ctx: "Context", customer: Customer, response: "Response") -> None:
    """Take over what the visitor did before (the cart of this browser), through `ctx.session`; cookies go onto `response`.

    Called inside the transaction in which a customer signs in, or finishes registering, by page or JSON. Raise `Refused` to
    stop it: nothing is kept. `ctx.actor` is still who came before. Not called when staff look at a customer.
    """


@hookspec(Failure.CLOSED)
def customer_verified(ctx: "Context", customer: Customer) -> None:
    """Give `customer` what belongs to their e-mail address (guest orders), now that it is known to be theirs.

    Called inside the transaction in which an address is confirmed: at the end of registering, before `customer_arriving`, and
    when the address of an account changes. May be called again for the same address, so repeat without harm.
    """
