"""Manifest and wiring."""

from marketry import Plugin

plugin = Plugin(
    id="users",
    title="Users",
    summary="Customers with accounts, staff with roles.",
    requires={"backoffice": ">=1,<2"},
)
