"""Price the delivery of one group."""

from typing import TYPE_CHECKING

from marketry.commerce.fulfilment import ShippingRate
from marketry.commerce.money import Money, total
from marketry.commerce.quote import DeliveryGroup, Quote
from marketry.database import in_locale
from marketry_shipping import queries
from marketry_shipping.domain.rates import Place, price_of, zone_for

if TYPE_CHECKING:
    from marketry import Context


def rates_for(ctx: "Context", quote: Quote, group: DeliveryGroup) -> list[ShippingRate]:
    """The methods of the zone that serves the buyer's address, each group priced by its own weight and value."""
    if not group.shippable:
        return []
    zone = zone_for(queries.zones(ctx.session), destination(ctx, quote))
    if zone is None:
        return []
    weight, value = weight_of(quote, group), value_of(quote, group)
    rates = []
    for offer in queries.offers(ctx.session, zone.id, quote.currency):
        price = price_of(offer.bands, weight, value.minor)
        if price is not None:
            label, estimate = (in_locale(text, ctx.locale, ctx.site.locales[0]) for text in (offer.label, offer.estimate))
            rates.append(ShippingRate(offer.code, label, Money(price, quote.currency), group.id, estimate))
    return rates


def destination(ctx: "Context", quote: Quote) -> Place:
    """The shipping address; before there is one, the country of the cart or of the visitor."""
    address = quote.cart.shipping_address
    if address is None:
        return Place(quote.cart.country or ctx.country)
    return Place(address.country, address.region, address.postal_code)


def weight_of(quote: Quote, group: DeliveryGroup) -> int:
    """Grams."""
    return sum(q.line.item.weight * q.line.quantity for q in quote.lines if q.id in group.lines)


def value_of(quote: Quote, group: DeliveryGroup) -> Money:
    """The group's lines after all discounts known so far."""
    return total((quote.line_total(line) for line in group.lines), quote.currency)
