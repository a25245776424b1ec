"""Metadata: at most 50 keys of 40 characters, values of 500. Source: https://docs.stripe.com/api/metadata"""

from __future__ import annotations

from marketry_gateways.stripe.errors import Json, StripeRefusal


def merged(kept: Json, given: Json | str | None) -> Json:
    """What is kept, with what is given laid over it; empty values unset. Raises StripeRefusal over Stripe's limits."""
    if given == "":
        return {}
    found = kept | (given if isinstance(given, dict) else {})
    found = {name: value for name, value in found.items() if value != ""}
    if len(found) > 50:
        raise StripeRefusal("You can only have up to 50 metadata keys.", param="metadata")
    for name, value in found.items():
        if len(name) > 40:
            message = f"Metadata keys can have up to 40 characters. The key you provided, {name}, has {len(name)} characters."
            raise StripeRefusal(message, param="metadata")
        if len(value) > 500:
            message = (
                f"Metadata values can have up to 500 characters, but you passed in a value that is {len(value)} characters."
                f" Invalid value: {value}"
            )
            raise StripeRefusal(message, param="metadata")
    return found
