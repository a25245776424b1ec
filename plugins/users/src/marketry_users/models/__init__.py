"""Tables, a module per idea."""

from marketry_users.models.customers import (
    Consent,
    Customer,
    CustomerNote,
    Group,
    Membership,
    OneTimeLink,
    Registration,
    SavedAddress,
)

__all__ = ["Consent", "Customer", "CustomerNote", "Group", "Membership", "OneTimeLink", "Registration", "SavedAddress"]
