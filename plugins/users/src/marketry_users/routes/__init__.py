"""Pages and JSON, one module per audience and room."""

from collections.abc import Mapping, Sequence
from types import ModuleType

from fastapi import APIRouter

from marketry_users.routes import (
    addresses,
    admin_customers,
    admin_groups,
    admin_newsletter,
    api_addresses,
    api_customer,
    api_entry,
    data,
    details,
    entry,
    newsletter,
    overview,
    register,
    reset,
    security,
    unsubscribe,
)

AREAS: Mapping[str, Sequence[ModuleType]] = {
    "shop": (entry, register, reset, overview, addresses, details, security, data, newsletter, unsubscribe),
    "admin": (admin_customers, admin_groups, admin_newsletter),
    "api": (api_entry, api_customer, api_addresses),
}


def routers(area: str) -> Sequence[APIRouter]:
    """The routers of one area of the site."""
    return tuple(module.router for module in AREAS.get(area, ()))
