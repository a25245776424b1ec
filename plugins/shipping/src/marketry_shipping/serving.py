"""Refuse an order that nobody delivers."""

from typing import TYPE_CHECKING

from marketry.commerce.quote import DeliveryGroup, Quote
from marketry.hookspecs import fulfilment
from marketry.problems import Problem

if TYPE_CHECKING:
    from marketry import Context


def unserved(ctx: "Context", quote: Quote) -> list[Problem]:
    """A problem where no method, of this or of any other plugin, serves a group that has to be delivered."""
    if any(g.shippable and not g.method and not _anybody(ctx, quote, g) for g in quote.groups):
        message = ctx.gettext("We don't deliver to this address. Please give another one.")
        return [Problem("address_not_served", message, "shipping-address")]
    return []


def _anybody(ctx: "Context", quote: Quote, group: DeliveryGroup) -> bool:
    answers = ctx.hooks.each(fulfilment.shipping_rates, ctx, quote, group)
    return any(answer.value for answer in answers)
