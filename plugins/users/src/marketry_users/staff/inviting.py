"""Invitations: somebody is asked by mail to work here, by a link that works once, for some days."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlmodel import col

from marketry import Context
from marketry.audit import audit
from marketry.problems import Problem, Refused, conflict, invalid, not_found
from marketry.web.ratelimits import rate_limit
from marketry_backoffice.api import Staff, clean_address, staff_id, subject_of
from marketry_users.domain.rights import covers
from marketry_users.models import Invitation
from marketry_users.settings import UserSettings
from marketry_users.staff.passwords import store_password
from marketry_users.staff.people import WRITE, write_roles
from marketry_users.staff.roles import RoleView, chosen_roles, grant_of_roles
from marketry_users.staff.ruling import demand_covers, grant_of
from marketry_users.tokens import hashed, new_id, new_token

TEMPLATE = "users/secret/invitation"


def invite(ctx: Context, email: str, roles: Sequence[str], locale: str = "") -> Invitation:
    """Mail an invitation into `roles`; 409 where the address is staff's, or has an open invitation. Inside `ctx.writing()`."""
    ctx.demand(WRITE)
    address = clean_address(ctx, email)
    wanted = _wanted(ctx, roles)
    rate_limit(ctx, f"users.invite:{ctx.actor.id}", "60/hour")
    if ctx.session.scalar(select(col(Staff.id)).where(col(Staff.email) == address)):
        raise conflict("already_staff", ctx.gettext("Somebody of this address works here already."), "email")
    now = ctx.now()
    if ctx.session.scalar(select(col(Invitation.id)).where(col(Invitation.email) == address, *open_at(now))):
        raise conflict("already_invited", ctx.gettext("This address has an invitation. Send it again, or revoke it."), "email")
    row = Invitation(
        id=new_id(), hash="", email=address, roles=[role.key for role in wanted], invited_by=ctx.actor.id or "system",
        locale=locale if locale in ctx.site.locales else ctx.locale, created_at=now, expires_at=now,
    )  # fmt: skip
    _send(ctx, row)
    audit(ctx, "users.invitation.sent", f"invitation:{row.id}", email=address, roles=row.roles)
    return row


def invite_again(ctx: Context, id: str) -> None:
    """Mail a new link; the former one stops working. Whoever sends it must hold what it gives."""
    ctx.demand(WRITE)
    row = _open(ctx, id)
    demand_covers(ctx, grant_of_roles(ctx, chosen_roles(ctx, row.roles)))
    row.invited_by = ctx.actor.id or "system"
    _send(ctx, row)
    audit(ctx, "users.invitation.sent_again", f"invitation:{id}")


def revoke_invitation(ctx: Context, id: str) -> None:
    ctx.demand(WRITE)
    row = _open(ctx, id)
    row.revoked_at = ctx.now()
    ctx.session.flush()
    audit(ctx, "users.invitation.revoked", f"invitation:{id}")


def invitations(ctx: Context) -> Sequence[Invitation]:
    """Those that wait or have run out, the newest first. Inside a session."""
    waiting = (col(Invitation.accepted_at).is_(None), col(Invitation.revoked_at).is_(None))
    return ctx.session.scalars(select(Invitation).where(*waiting).order_by(col(Invitation.created_at).desc())).all()


def invitation_by(ctx: Context, token: str) -> Invitation | None:
    """The open invitation that `token` is for: not expired, accepted or revoked, and its sender still holds what it gives."""
    row = ctx.session.scalar(select(Invitation).where(col(Invitation.hash) == hashed(token), *open_at(ctx.now())))
    return row if row is not None and _is_backed(ctx, row) else None


def accept(ctx: Context, token: str, name: str, password: str) -> Staff:
    """The invited person joins, with `name` and the hash `password`. Guarded: of two at the same moment one joins.

    410 where the invitation is not good any more. Inside `ctx.writing()`.
    """
    row = invitation_by(ctx, token)
    taken = update(Invitation).where(col(Invitation.hash) == hashed(token), *open_at(ctx.now())).values(accepted_at=ctx.now())
    if row is None or ctx.session.execute(taken).rowcount != 1:  # type: ignore[attr-defined]
        raise gone(ctx)
    if ctx.session.scalar(select(col(Staff.id)).where(col(Staff.email) == row.email)):
        raise conflict("already_staff", ctx.gettext("Somebody of this address works here already."), "email")
    staff = Staff(email=row.email, name=name, permissions=[], created_at=ctx.now())
    ctx.session.add(staff)
    ctx.session.flush()
    write_roles(ctx, staff, row.roles)
    store_password(ctx, staff, password)
    audit(ctx, "users.invitation.accepted", subject_of(staff), invitation=row.id, roles=row.roles)
    return staff


def gone(ctx: Context) -> Refused:
    message = ctx.gettext("This invitation doesn't work any more. Ask for a new one.")
    return Refused(Problem("invitation_gone", message, status=410))


def open_at(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What is true of an invitation that can still be accepted."""
    return (col(Invitation.accepted_at).is_(None), col(Invitation.revoked_at).is_(None), col(Invitation.expires_at) > now)


def _wanted(ctx: Context, keys: Sequence[str]) -> list[RoleView]:
    roles = chosen_roles(ctx, keys)
    if not roles:
        raise invalid("required", ctx.gettext("Choose at least one role."), "roles")
    demand_covers(ctx, grant_of_roles(ctx, roles))
    return roles


def _open(ctx: Context, id: str) -> Invitation:
    row = ctx.session.get(Invitation, id)
    if row is None or row.accepted_at or row.revoked_at:
        raise not_found(ctx.gettext("There is no such invitation."))
    return row


def _is_backed(ctx: Context, row: Invitation) -> bool:
    """Whether its sender is still active and still holds what it gives; those sent by the command line need nobody."""
    if row.invited_by == "system":
        return True
    sender = ctx.session.get(Staff, staff_id(row.invited_by))
    if sender is None or not sender.active:
        return False
    return covers(grant_of(ctx, sender), grant_of_roles(ctx, chosen_roles(ctx, row.roles)))


def _send(ctx: Context, row: Invitation) -> None:
    token, days = new_token(), ctx.settings(UserSettings).invitation_days
    row.hash, row.expires_at = hashed(token), ctx.now() + timedelta(days=days)
    ctx.session.add(row)
    ctx.session.flush()
    there = ctx.with_locale(row.locale)
    link = there.url(f"/admin/invitation?token={token}", absolute=True)
    values = {"link": link, "days": days, "sender": ctx.actor.name}
    ctx.mail.queue(there, to=row.email, template=TEMPLATE, values=values, key=f"users.invitation:{row.hash}")
