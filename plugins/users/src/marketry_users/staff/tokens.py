"""Tokens: programs act as a member of staff, with some of their permissions, until a day.

A token never holds more than its maker holds at the moment of use, and dies with their account.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import col

from marketry import Context
from marketry.audit import audit
from marketry.problems import Problem, Refused, invalid, not_found
from marketry.web.ratelimits import network, rate_limit
from marketry.web.security.origin import HEADER_AUTHENTICATED
from marketry.web.values import Actor, ActorKind
from marketry_backoffice.api import Staff, staff_id, subject_of
from marketry_users.domain.rights import Grant, narrowed
from marketry_users.models import Token
from marketry_users.settings import UserSettings
from marketry_users.staff.catalogue import demand_known
from marketry_users.staff.people import myself
from marketry_users.staff.ruling import demand_covers, grant_of
from marketry_users.tokens import hashed, new_id, new_token

WRITE = "users.token.write"
PREFIX = "mky_"
START = 10  # letters that are kept readable
TOUCH = timedelta(minutes=1)  # used_at is written at most this often


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token as lists show it; `state`: active, expired or revoked."""

    id: str
    name: str
    start: str
    staff: int
    owner: str
    permissions: Sequence[str]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    state: str


def make_token(ctx: Context, name: str, permissions: Sequence[str], days: int) -> tuple[str, str]:
    """A new token of whoever acts: (its id, the token itself, which is never shown again). Inside `ctx.writing()`.

    Only by a session (403 otherwise): a token that makes tokens would outlive its own end.
    """
    ctx.demand(WRITE)
    if ctx.request is not None and ctx.request.scope.get(HEADER_AUTHENTICATED):
        raise Refused(Problem("session_required", ctx.gettext("Tokens are made by people who are signed in."), status=403))
    most = ctx.settings(UserSettings).token_days
    if not permissions:
        raise invalid("required", ctx.gettext("Choose at least one permission."), "permissions")
    if not 1 <= days <= most:
        raise invalid("bad_days", ctx.gettext("A token is good for 1 to %(n)s days.", n=most), "days")
    demand_known(ctx, permissions)
    staff = myself(ctx)
    demand_covers(ctx, Grant(frozenset(permissions), grant_of(ctx, staff).limits))
    secret, now = PREFIX + new_token(), ctx.now()
    row = Token(
        id=new_id(), hash=hashed(secret), start=secret[:START], staff_id=staff.id, name=name, created_at=now,
        permissions=sorted(set(permissions)), expires_at=now + timedelta(days=days),
    )  # fmt: skip
    ctx.session.add(row)
    ctx.session.flush()
    audit(ctx, "users.token.made", f"token:{row.id}", name=name, permissions=row.permissions, days=days)
    return row.id, secret


def revoke_token(ctx: Context, id: str) -> None:
    """Their own anybody revokes; those of others takes the permission, and holding what their owner holds."""
    row = ctx.session.get(Token, id)
    if row is None or row.revoked_at is not None:
        raise not_found(ctx.gettext("There is no such token."))
    if row.staff_id != staff_id(ctx.actor.id):
        ctx.demand(WRITE)
        owner = ctx.session.get(Staff, row.staff_id)
        demand_covers(ctx, grant_of(ctx, owner) if owner else Grant())
    row.revoked_at = ctx.now()
    ctx.session.flush()
    audit(ctx, "users.token.revoked", f"token:{id}", name=row.name)


def tokens(ctx: Context, staff: int | None = None) -> list[TokenView]:
    """Tokens of everybody, or of one; the newest first. Inside a session."""
    found = select(Token, col(Staff.name), col(Staff.email)).join(Staff, col(Staff.id) == col(Token.staff_id))
    found = found.order_by(col(Token.created_at).desc(), col(Token.id)).limit(500)
    rows = ctx.session.execute(found.where(col(Token.staff_id) == staff) if staff is not None else found).all()
    return [_view(row, name or email, ctx.now()) for row, name, email in rows]


def actor_of_token(ctx: Context, authorization: str) -> Actor | None:
    """Who acts by `Authorization: Bearer mky_…`; None for another scheme, an unknown, expired or revoked token, or one whose
    maker is gone. 429 for an address that keeps sending wrong ones."""
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer" or not secret.startswith(PREFIX):
        return None
    now = ctx.now()
    good = (col(Token.hash) == hashed(secret.strip()), col(Token.revoked_at).is_(None), col(Token.expires_at) > now)
    with ctx.reading() as session:
        row = session.scalar(select(Token).where(*good))
        staff = session.get(Staff, row.staff_id) if row else None
        grant = narrowed(grant_of(ctx, staff), row.permissions) if row and staff and staff.active else None
    if row is None or staff is None or grant is None:
        rate_limit(ctx, f"users.staff-token:{network(ctx)}", "30/15 minutes")
        return None
    if (row.used_at is None or now - row.used_at > TOUCH) and ctx.can_write:
        with ctx.writing() as session:
            session.execute(update(Token).where(col(Token.id) == row.id).values(used_at=now))
    name = f"{staff.name or staff.email} ({row.name})"
    return Actor(ActorKind.STAFF, subject_of(staff), name, grant.permissions, limits=grant.limits)


def _view(row: Token, owner: str, now: datetime) -> TokenView:
    state = "revoked" if row.revoked_at else "expired" if row.expires_at <= now else "active"
    return TokenView(
        row.id, row.name, row.start, row.staff_id, owner, row.permissions, row.created_at, row.expires_at, row.used_at, state
    )
