"""Manifest and wiring."""

from marketry import Permission, Plugin
from marketry_users.settings import UserSettings

plugin = Plugin(
    id="users",
    title="Users",
    summary="Customers with accounts, staff with roles.",
    requires={"backoffice": ">=1,<2"},
    settings=UserSettings,
    permissions=(
        Permission("users.customer.read", "See customers"),
        Permission("users.customer.write", "Change, block and annotate customers"),
        Permission("users.group.read", "See customer groups"),
        Permission("users.group.write", "Change customer groups and who is in them"),
    ),
    models="marketry_users.models",
)
