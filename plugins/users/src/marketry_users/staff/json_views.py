"""Staff, roles, invitations and tokens as JSON."""

from datetime import datetime
from typing import Any

from marketry_users.models import Invitation
from marketry_users.staff.people import Colleague
from marketry_users.staff.roles import RoleView
from marketry_users.staff.tokens import TokenView


def colleague_json(one: Colleague) -> dict[str, Any]:
    return {
        "id": one.id,
        "email": one.email,
        "name": one.name,
        "active": one.active,
        "roles": [role.key for role in one.roles],
        "second_factor": one.second_factor,
        "signed_in_at": _told(one.signed_in_at),
    }


def role_json(role: RoleView) -> dict[str, Any]:
    """`limits`: a code to {currency: minor units}, or null for no limit."""
    return {
        "key": role.key,
        "name": role.name,
        "note": role.note,
        "starter": role.starter,
        "permissions": sorted(role.rights.permissions),
        "limits": {code: None if amounts is None else dict(amounts) for code, amounts in role.rights.limits.items()},
        "holders": role.holders,
    }


def invitation_json(row: Invitation, now: datetime) -> dict[str, Any]:
    return {
        "id": row.id,
        "email": row.email,
        "roles": row.roles,
        "expires_at": _told(row.expires_at),
        "expired": row.expires_at <= now,
    }


def token_json(token: TokenView) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "start": token.start,
        "owner": token.owner,
        "permissions": list(token.permissions),
        "state": token.state,
        "created_at": _told(token.created_at),
        "expires_at": _told(token.expires_at),
        "used_at": _told(token.used_at),
    }


def _told(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
