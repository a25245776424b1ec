"""Customers and addresses as JSON."""

from datetime import datetime
from typing import Any

from marketry.commerce.people import Customer, SavedAddress


def customer_json(customer: Customer) -> dict[str, Any]:
    return {
        "id": customer.id,
        "email": customer.email,
        "name": customer.name,
        "locale": customer.locale,
        "marketing": customer.marketing,
        "groups": sorted(customer.groups),
    }


def address_json(saved: SavedAddress) -> dict[str, Any]:
    return {
        "id": saved.id,
        **saved.address.as_dict(),
        "label": saved.label,
        "default_shipping": saved.default_shipping,
        "default_billing": saved.default_billing,
    }


def session_json(token: str, until: datetime, customer: Customer) -> dict[str, Any]:
    """What a program keeps: the token is told this once."""
    return {"token": token, "expires_at": until.isoformat(), "customer": customer_json(customer)}
