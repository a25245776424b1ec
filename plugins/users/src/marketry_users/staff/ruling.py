"""Nobody raises their own rights: the rules, worded once, and asked by every use case of staff, roles, invitations and tokens."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlmodel import col

from marketry import Context
from marketry.problems import Problem, Refused
from marketry.web.values import ActorKind
from marketry_backoffice.api import Staff, staff_id
from marketry_users.domain.rights import ALL, Grant, RoleRights, combined, covers
from marketry_users.domain.starter_roles import OWNER, STARTERS
from marketry_users.models import Role, RoleHolder
from marketry_users.staff.catalogue import limit_codes, permission_codes


def my_grant(ctx: Context) -> Grant:
    """What whoever acts may do, narrowed by their token where they act by one."""
    return Grant(ctx.actor.permissions, ctx.actor.limits)


def role_keys(ctx: Context, staff: Staff) -> list[str]:
    """The keys of the roles that `staff` has. Inside a session."""
    owner = [OWNER] if ALL in staff.permissions else []
    held = select(col(RoleHolder.role)).where(col(RoleHolder.staff_id) == staff.id).order_by(col(RoleHolder.role))
    return owner + list(ctx.session.scalars(held))


def my_roles(ctx: Context) -> list[str]:
    staff = ctx.session.get(Staff, staff_id(ctx.actor.id))
    return role_keys(ctx, staff) if staff else []


def grant_of(ctx: Context, staff: Staff) -> Grant:
    """What `staff` may do: their roles together, and what their row of staff says. Inside a session."""
    row = RoleRights(frozenset(staff.permissions))
    return combined([row, *_rights(ctx, role_keys(ctx, staff))], limit_codes(ctx))


def _rights(ctx: Context, keys: Iterable[str]) -> list[RoleRights]:
    """What the roles `keys` say; a key whose role is gone says nothing."""
    keys = list(keys)
    catalogue = permission_codes(ctx)
    starters = [STARTERS[key].rights(catalogue) for key in keys if key in STARTERS]
    own = [key for key in keys if key not in STARTERS]
    rows = ctx.session.execute(select(col(Role.permissions), col(Role.limits)).where(col(Role.key).in_(own))) if own else ()
    return starters + [RoleRights(frozenset(permissions) - {ALL}, limits) for permissions, limits in rows]


def demand_covers(
    ctx: Context, grant: Grant, *, by: Grant | None = None, code: str = "beyond_your_rights", message: str = ""
) -> None:
    """Refuse (403) to give, change or take what whoever acts doesn't hold themselves (or what is not within `by`)."""
    if not covers(by or my_grant(ctx), grant):
        told = message or ctx.gettext("That is more than you may do yourself. Ask somebody who holds it.")
        raise Refused(Problem(code, told, status=403))


def demand_other(ctx: Context, staff: Staff, code: str, message: str) -> None:
    """Refuse (403) to do it to oneself."""
    if ctx.actor.kind is ActorKind.STAFF and staff_id(ctx.actor.id) == staff.id:
        raise Refused(Problem(code, message, status=403))
