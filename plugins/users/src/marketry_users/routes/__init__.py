"""Pages and JSON, one module per audience and room."""

from collections.abc import Sequence

from fastapi import APIRouter


def routers(area: str) -> Sequence[APIRouter]:
    """The routers of one area of the site."""
    match area:
        case "shop":
            from marketry_users.routes import addresses, data, details, entry, overview, register, reset, security, unsubscribe

            shop = (entry, register, reset, overview, addresses, details, security, data, unsubscribe)
            return tuple(module.router for module in shop)
        case "admin":
            from marketry_users.routes import admin_customers, admin_groups

            return (admin_customers.router, admin_groups.router)
        case "api":
            from marketry_users.routes import api_addresses, api_customer, api_entry

            return (api_entry.router, api_customer.router, api_addresses.router)
        case _:
            return ()
