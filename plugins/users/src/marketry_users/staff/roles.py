"""Roles: those that every shop begins with, and those that the merchant made."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex

from sqlalchemy import func, select
from sqlmodel import col

from marketry import Context
from marketry.audit import audit
from marketry.problems import conflict, invalid, not_found
from marketry_backoffice.api import Staff
from marketry_users.domain.rights import ALL, Grant, RoleRights, combined
from marketry_users.domain.starter_roles import OWNER, STARTERS
from marketry_users.models import Role, RoleHolder
from marketry_users.staff.catalogue import demand_known, demand_known_limits, limit_codes, permission_codes
from marketry_users.staff.ruling import demand_covers, my_roles

WRITE = "users.role.write"
Limits = Mapping[str, Mapping[str, int] | None]


@dataclass(frozen=True, slots=True)
class RoleView:
    """A role as pages show it. `starter`: it came with the shop and can only be copied. `holders`: how many active people."""

    key: str
    name: str
    note: str
    rights: RoleRights
    starter: bool
    holders: int = 0


def all_roles(ctx: Context) -> list[RoleView]:
    """Starter roles first, then the merchant's by name. Inside a session."""
    catalogue, counts = permission_codes(ctx), _holders(ctx)
    starters = [
        RoleView(s.key, ctx.gettext(s.name), ctx.gettext(s.note), s.rights(catalogue), True, counts.get(s.key, 0))
        for s in STARTERS.values()
    ]
    own = ctx.session.scalars(select(Role).order_by(col(Role.name))).all()
    return starters + [_own(row, counts.get(row.key, 0)) for row in own]


def role(ctx: Context, key: str) -> RoleView:
    """The role `key`; 404 where there is none."""
    found = next((one for one in all_roles(ctx) if one.key == key), None)
    if found is None:
        raise not_found(ctx.gettext("There is no such role."))
    return found


def chosen_roles(ctx: Context, keys: Iterable[str]) -> list[RoleView]:
    """The roles `keys`; 422 for one that isn't there."""
    known = {one.key: one for one in all_roles(ctx)}
    wanted = list(dict.fromkeys(keys))
    if any(key not in known for key in wanted):
        raise invalid("unknown_role", ctx.gettext("There is no such role."), "roles")
    return [known[key] for key in wanted]


def grant_of_roles(ctx: Context, roles: Iterable[RoleView]) -> Grant:
    return combined((one.rights for one in roles), limit_codes(ctx))


def save_role(ctx: Context, key: str | None, name: str, note: str, permissions: Sequence[str], limits: Limits) -> str:
    """Make a role (`key` None) or change one that the merchant made; returns its key.

    Nobody puts more into a role than they hold, changes one that is beyond them, or adds to one that they have.
    """
    ctx.demand(WRITE)
    row = _row(ctx, key) if key else None
    demand_known(ctx, permissions, row.permissions if row else ())
    demand_known_limits(ctx, limits, row.limits if row else ())
    rights = RoleRights(frozenset(permissions), limits)
    if row is not None:
        _demand_changeable(ctx, row, rights)
    demand_covers(ctx, combined([rights], limit_codes(ctx)))
    _demand_free_name(ctx, name, key)
    now = ctx.now()
    if row is None:
        row = Role(key=f"r-{token_hex(8)}", name=name, created_at=now, changed_at=now)
        ctx.session.add(row)
    before = sorted(row.permissions or ())
    row.name, row.note, row.changed_at = name, note, now
    row.permissions, row.limits = sorted(set(permissions)), {code: _plain(amounts) for code, amounts in limits.items()}
    ctx.session.flush()
    gained, lost = sorted({*row.permissions} - {*before}), sorted({*before} - {*row.permissions})
    audit(ctx, "users.role.saved", f"role:{row.key}", name=name, gained=gained, lost=lost, limits=row.limits)
    return row.key


def delete_role(ctx: Context, key: str) -> None:
    """Delete a role that nobody has (409 otherwise)."""
    ctx.demand(WRITE)
    row = _row(ctx, key)
    demand_covers(ctx, combined([RoleRights(frozenset(row.permissions), row.limits)], limit_codes(ctx)))
    if ctx.session.scalar(select(func.count()).select_from(RoleHolder).where(col(RoleHolder.role) == key)):
        raise conflict("role_in_use", ctx.gettext("Somebody has this role. Take it from them first."))
    ctx.session.delete(row)
    ctx.session.flush()
    audit(ctx, "users.role.deleted", f"role:{key}", name=row.name)


def _demand_changeable(ctx: Context, row: Role, wanted: RoleRights) -> None:
    standing = combined([RoleRights(frozenset(row.permissions), row.limits)], limit_codes(ctx))
    demand_covers(ctx, standing)
    if row.key in my_roles(ctx):
        demand_covers(ctx, combined([wanted], limit_codes(ctx)), by=standing, code="own_role", message=_own_role(ctx))


def _own_role(ctx: Context) -> str:
    return ctx.gettext("You have this role yourself, so you can only take from it. Ask somebody else to add to it.")


def _demand_free_name(ctx: Context, name: str, key: str | None) -> None:
    taken = select(Role.key).where(func.lower(col(Role.name)) == name.lower())  # type: ignore[call-overload]
    starters = {ctx.gettext(s.name).lower() for s in STARTERS.values()} | {s.name.lower() for s in STARTERS.values()}
    if any(other != key for other in ctx.session.scalars(taken)) or name.lower() in starters:
        raise conflict("name_taken", ctx.gettext("Another role has this name."), "name")


def _row(ctx: Context, key: str) -> Role:
    if key in STARTERS:
        raise conflict("starter_role", ctx.gettext("This role came with the shop. Copy it, and change the copy."))
    row = ctx.session.get(Role, key)
    if row is None:
        raise not_found(ctx.gettext("There is no such role."))
    return row


def _own(row: Role, holders: int) -> RoleView:
    return RoleView(row.key, row.name, row.note, RoleRights(frozenset(row.permissions) - {ALL}, row.limits), False, holders)


def _holders(ctx: Context) -> dict[str, int]:
    """Active people per role."""
    held = select(col(RoleHolder.role), func.count()).join(Staff, col(Staff.id) == col(RoleHolder.staff_id))
    rows = ctx.session.execute(held.where(col(Staff.active).is_(True)).group_by(col(RoleHolder.role)))
    counts = {row[0]: row[1] for row in rows}
    owners = select(col(Staff.permissions)).where(col(Staff.active).is_(True))
    return {**counts, OWNER: sum(ALL in codes for codes in ctx.session.scalars(owners))}


def _plain(amounts: Mapping[str, int] | None) -> dict[str, int] | None:
    return None if amounts is None else dict(amounts)
