"""Line items of a session, from inline prices. Source: https://docs.stripe.com/api/checkout/sessions/line_items"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from marketry_gateways.stripe import amounts
from marketry_gateways.stripe.desk import Desk
from marketry_gateways.stripe.errors import Json, StripeRefusal, missing, no_such
from marketry_gateways.stripe.names import new_id


def new_item(desk: Desk, given: Json, number: int) -> Json:
    """A line item with its price; ``number`` is its place in the request."""
    where = f"line_items[{number}]"
    if "price" in given:
        raise no_such("price", given["price"], f"{where}[price]")
    if "price_data" not in given:
        raise missing(f"{where}[price_data]")
    if "quantity" not in given:
        raise missing(f"{where}[quantity]")
    data, where = given["price_data"], f"{where}[price_data]"
    if "recurring" in data:
        raise StripeRefusal("You must use `subscription` mode to use recurring prices.", param=where)
    if ("product" in data) == ("product_data" in data):
        raise StripeRefusal("You must specify either `product` or `product_data` when creating a price.", param=where)
    if "product" in data:
        raise no_such("product", data["product"], f"{where}[product]")
    currency = amounts.demand_currency(data["currency"], f"{where}[currency]")
    unit, quantity = _unit(data, where), given["quantity"]
    if quantity < 1:
        raise StripeRefusal("This value must be greater than or equal to 1.", code="parameter_invalid_integer", param=where)
    total = int((unit * quantity).to_integral_value(ROUND_HALF_UP))
    amounts.demand_shape(total, currency, f"{where}[unit_amount]")
    return {
        "id": new_id("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": currency,
        "description": data["product_data"]["name"],
        "metadata": given.get("metadata", {}),
        "price": _price(desk, data, unit, currency),
        "quantity": quantity,
    }


def _unit(data: Json, where: str) -> Decimal:
    if ("unit_amount" in data) == ("unit_amount_decimal" in data):
        message = "You must specify either `unit_amount` or `unit_amount_decimal` when creating a price."
        raise StripeRefusal(message, param=where)
    unit = Decimal(data["unit_amount"] if "unit_amount" in data else data["unit_amount_decimal"])
    if unit < 0:
        raise StripeRefusal("Invalid non-negative integer", code="parameter_invalid_integer", param=f"{where}[unit_amount]")
    return unit


def _price(desk: Desk, data: Json, unit: Decimal, currency: str) -> Json:
    return {
        "id": new_id("price"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": desk.now,
        "currency": currency,
        "livemode": desk.livemode,
        "metadata": {},
        "product": new_id("prod", length=14),
        "recurring": None,
        "tax_behavior": data.get("tax_behavior", "unspecified"),
        "type": "one_time",
        "unit_amount": int(unit) if unit == int(unit) else None,
        "unit_amount_decimal": str(unit),
    }


def currency_of(items: list[Json]) -> str:
    """The one currency of all items."""
    currencies = {item["currency"] for item in items}
    if len(currencies) > 1:
        message = f"All line items must have the same currency. Found: {', '.join(sorted(currencies))}."
        raise StripeRefusal(message, param="line_items")
    return str(currencies.pop())
