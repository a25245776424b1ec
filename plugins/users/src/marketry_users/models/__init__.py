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
from marketry_users.models.staff import Invitation, RecoveryCode, Role, RoleHolder, StaffAccount, Token
from marketry_users.models.subscribers import Subscriber

__all__ = [
    "Consent",
    "Customer",
    "CustomerNote",
    "Group",
    "Invitation",
    "Membership",
    "OneTimeLink",
    "RecoveryCode",
    "Registration",
    "Role",
    "RoleHolder",
    "SavedAddress",
    "StaffAccount",
    "Subscriber",
    "Token",
]
