"""Who works here: roles given and taken, people blocked and let in again, their sessions ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlmodel import col

from marketry import Context
from marketry.audit import audit
from marketry.problems import Problem, Refused, conflict, not_found
from marketry.web.sessions import end_session_of, end_sessions_of
from marketry_backoffice.api import Staff, staff_id, subject_of
from marketry_users.domain.rights import ALL
from marketry_users.domain.starter_roles import OWNER
from marketry_users.models import Invitation, RoleHolder, StaffAccount, Token
from marketry_users.staff.roles import RoleView, all_roles, chosen_roles, grant_of_roles
from marketry_users.staff.ruling import demand_covers, demand_other, grant_of, role_keys

WRITE = "users.staff.write"


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of staff as lists show them."""

    id: int
    email: str
    name: str
    active: bool
    roles: Sequence[RoleView]
    second_factor: bool
    password: bool
    created_at: datetime
    signed_in_at: datetime | None


def colleagues(ctx: Context) -> list[Colleague]:
    """Everybody who works here or did, by address: they are few. Inside a session."""
    rows = ctx.session.scalars(select(Staff).order_by(col(Staff.active).desc(), col(Staff.email))).all()
    accounts = {row.staff_id: row for row in ctx.session.scalars(select(StaffAccount))}
    known, held = {role.key: role for role in all_roles(ctx)}, dict[int, list[str]]()
    for holder in ctx.session.scalars(select(RoleHolder).order_by(col(RoleHolder.role))):
        held.setdefault(holder.staff_id, []).append(holder.role)
    return [_colleague(row, accounts.get(row.id), held.get(row.id, []), known) for row in rows]


def _colleague(row: Staff, account: StaffAccount | None, held: Sequence[str], known: dict[str, RoleView]) -> Colleague:
    keys = [OWNER, *held] if ALL in row.permissions else held
    return Colleague(
        row.id, row.email, row.name, row.active, [known[key] for key in keys if key in known],
        account is not None and account.factor_at is not None, account is not None and bool(account.password),
        row.created_at, row.signed_in_at,
    )  # fmt: skip


def member(ctx: Context, id: int) -> Staff:
    """The member of staff `id`; 404 where there is none. Inside a session."""
    found = ctx.session.get(Staff, id) if 0 < id < 2**62 else None
    if found is None:
        raise not_found(ctx.gettext("Nobody of this number works here."))
    return found


def give_roles(ctx: Context, id: int, keys: Sequence[str]) -> None:
    """`id` has the roles `keys` from now on, and no others.

    Nobody changes their own, gives what they don't hold, or takes from somebody who holds more; the last owner stays one.
    """
    ctx.demand(WRITE)
    staff = member(ctx, id)
    demand_other(ctx, staff, "own_roles", ctx.gettext("Your own roles are changed by somebody else."))
    roles = chosen_roles(ctx, keys)
    demand_covers(ctx, grant_of(ctx, staff))
    demand_covers(ctx, grant_of_roles(ctx, roles))
    before, wanted = role_keys(ctx, staff), [role.key for role in roles]
    if OWNER in before and OWNER not in wanted:
        demand_another_owner(ctx, staff)
    write_roles(ctx, staff, wanted)
    audit(ctx, "users.staff.roles", subject_of(staff), before=before, after=wanted)


def write_roles(ctx: Context, staff: Staff, keys: Sequence[str]) -> None:
    """Store the roles; whoever calls has asked the rules. An owner is known by their row, so that they are one without this
    plugin, too; everybody else's row says nothing."""
    staff.permissions = [ALL] if OWNER in keys else []
    ctx.session.execute(delete(RoleHolder).where(col(RoleHolder.staff_id) == staff.id))
    ctx.session.add_all([RoleHolder(staff_id=staff.id, role=key) for key in keys if key != OWNER])
    ctx.session.flush()


def demand_another_owner(ctx: Context, staff: Staff) -> None:
    """409 unless somebody else is an active owner. The rows are locked: of two owners who demote each other one stays."""
    active = select(Staff).where(col(Staff.active).is_(True)).order_by(col(Staff.id)).with_for_update()
    people = ctx.session.scalars(active.execution_options(populate_existing=True)).all()
    if not any(ALL in other.permissions for other in people if other.id != staff.id):
        raise conflict("last_owner", ctx.gettext("This is the last owner. Make somebody else an owner first."))


def block(ctx: Context, id: int) -> None:
    """`id` gets in nowhere any more: sessions end, tokens and the invitations they sent are revoked, at once."""
    ctx.demand(WRITE)
    staff = member(ctx, id)
    demand_other(ctx, staff, "own_account", ctx.gettext("You can't block yourself."))
    demand_covers(ctx, grant_of(ctx, staff))
    if ALL in staff.permissions:
        demand_another_owner(ctx, staff)
    staff.active = False
    ctx.session.flush()
    now, theirs = ctx.now(), subject_of(staff)
    ended = end_sessions_of(ctx, "staff", theirs)
    ctx.session.execute(update(Token).where(col(Token.staff_id) == id, col(Token.revoked_at).is_(None)).values(revoked_at=now))
    waiting = (col(Invitation.accepted_at).is_(None), col(Invitation.revoked_at).is_(None))
    ctx.session.execute(update(Invitation).where(col(Invitation.invited_by) == theirs, *waiting).values(revoked_at=now))
    audit(ctx, "users.staff.blocked", theirs, sessions=ended)


def unblock(ctx: Context, id: int) -> None:
    """`id` may sign in again, with the roles they had; tokens stay revoked."""
    ctx.demand(WRITE)
    staff = member(ctx, id)
    if staff.active:
        return
    demand_covers(ctx, grant_of(ctx, staff))
    staff.active = True
    ctx.session.flush()
    audit(ctx, "users.staff.unblocked", subject_of(staff))


def end_their_sessions(ctx: Context, id: int, session: str = "") -> int:
    """End one session of a colleague, or all of them; how many."""
    ctx.demand(WRITE)
    staff = member(ctx, id)
    demand_covers(ctx, grant_of(ctx, staff))
    theirs = subject_of(staff)
    ended = int(end_session_of(ctx, "staff", theirs, session)) if session else end_sessions_of(ctx, "staff", theirs)
    if session and not ended:
        raise not_found(ctx.gettext("This session has ended already."))
    audit(ctx, "users.staff.sessions_ended", theirs, sessions=ended)
    return ended


def myself(ctx: Context) -> Staff:
    """Whoever acts, as a member of staff. Inside a session."""
    found = ctx.session.get(Staff, staff_id(ctx.actor.id))
    if found is None:
        raise Refused(Problem("forbidden", ctx.gettext("You may not do this."), status=403))
    return found
