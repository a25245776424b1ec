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
        Permission("users.staff.read", "See who works here"),
        Permission("users.staff.write", "Invite, block and sign out staff, give roles, reset second factors"),
        Permission("users.role.read", "See roles"),
        Permission("users.role.write", "Make and change roles"),
        Permission("users.token.read", "See all tokens"),
        Permission("users.token.write", "Make tokens, and revoke those of others"),
    ),
    models="marketry_users.models",
)
