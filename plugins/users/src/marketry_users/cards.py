"""The cards of users on the account's first page."""

from collections.abc import Sequence

from marketry import Context
from marketry.web.values import Card
from marketry_users.address_book import saved_addresses
from marketry_users.customers import own


def cards(ctx: Context) -> Sequence[Card]:
    """Who this is, and where parcels go. Inside `ctx.reading()`."""
    _, customer = ctx.gettext, own(ctx)
    addresses = saved_addresses(ctx, customer.id)
    shipping = next((one for one in addresses if one.default_shipping), None)
    return (
        Card(_("Your details"), "users/cards/details.html", {"customer": customer}, ""),
        Card(_("Delivery address"), "users/cards/address.html", {"saved": shipping}, ""),
    )
