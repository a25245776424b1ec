"""Server-side sessions: a random id in a cookie, its hash in the database; rotated at every sign-in.

Limits after OWASP's Session Management Cheat Sheet: an idle limit that each use renews and an absolute one that nothing
renews; staff have the shorter ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, Literal

from sqlalchemy import bindparam, delete, select, update
from sqlmodel import col
from starlette.responses import Response

from marketry.context import Context
from marketry.web.cookies import drop_cookie, read_cookie, set_cookie
from marketry.web.security.csrf import renew_token
from marketry.web.tables import SessionRow

Kind = Literal["customer", "staff"]
KEY = "marketry.sessions"
TOUCH = timedelta(minutes=1)  # seen_at is written at most this often


@dataclass(frozen=True, slots=True)
class Limits:
    idle: timedelta
    absolute: timedelta
    samesite: Literal["lax", "strict"]


LIMITS: Mapping[str, Limits] = {
    "customer": Limits(timedelta(days=14), timedelta(days=90), "lax"),
    "staff": Limits(timedelta(hours=1), timedelta(hours=12), "strict"),
}


@dataclass(frozen=True, slots=True)
class WebSession:
    """Who is signed in here: `subject` as the plugin that started it named it, and what it put into `data`."""

    hash: str
    kind: str
    subject: str
    data: Mapping[str, Any]
    created_at: datetime


_FIND = select(
    col(SessionRow.hash), col(SessionRow.kind), col(SessionRow.subject), col(SessionRow.data), col(SessionRow.created_at),
    col(SessionRow.seen_at),
).where(
    col(SessionRow.hash) == bindparam("hash"), col(SessionRow.kind) == bindparam("kind"),
    col(SessionRow.expires_at) > bindparam("now"),
)  # fmt: skip


def start_session(
    ctx: Context, response: Response, kind: Kind, subject: str, data: Mapping[str, Any] | None = None
) -> WebSession:
    """Sign `subject` in. Call inside `ctx.writing()`. A new id each time; the browser's former session of this kind ends."""
    end_session(ctx, response, kind)
    token, now, limits = token_urlsafe(32), ctx.now(), LIMITS[kind]
    row = SessionRow(
        hash=_hashed(token),
        kind=kind,
        subject=subject,
        data=dict(data or {}),
        created_at=now,
        seen_at=now,
        expires_at=now + limits.absolute,
    )
    ctx.session.add(row)
    ctx.session.flush()
    age = int(limits.absolute.total_seconds()) if kind == "customer" else None
    set_cookie(ctx, response, _cookie(kind), token, max_age=age, samesite=limits.samesite)
    renew_token(ctx, response)
    started = WebSession(row.hash, kind, subject, dict(row.data), now)
    _known(ctx)[kind] = started
    return started


def end_session(ctx: Context, response: Response, kind: Kind | None = None) -> None:
    """Sign the browser out: the row goes, and the cookie. Call inside `ctx.writing()`."""
    kind = kind or _kind_of(ctx)
    token = read_cookie(ctx, _cookie(kind))
    if token:
        ctx.session.execute(delete(SessionRow).where(col(SessionRow.hash) == _hashed(token)))
        drop_cookie(ctx, response, _cookie(kind))
    _known(ctx)[kind] = None


def end_sessions_of(ctx: Context, kind: Kind, subject: str) -> int:
    """Sign `subject` out everywhere (password changed, account blocked). Inside `ctx.writing()`; how many there were."""
    theirs = (col(SessionRow.kind) == kind, col(SessionRow.subject) == subject)
    return len(ctx.session.execute(delete(SessionRow).where(*theirs).returning(col(SessionRow.hash))).all())


def current_session(ctx: Context, kind: Kind | None = None) -> WebSession | None:
    """The live session behind the request: a staff one below /admin, else a customer's. Looked up once a request."""
    if ctx.request is None:
        return None
    kind, known = kind or _kind_of(ctx), _known(ctx)
    if kind not in known:
        token = read_cookie(ctx, _cookie(kind))
        known[kind] = _found(ctx, kind, token) if token else None
    return known[kind]


def _found(ctx: Context, kind: str, token: str) -> WebSession | None:
    now = ctx.now()
    with ctx.reading() as session:
        row = session.execute(_FIND, {"hash": _hashed(token), "kind": kind, "now": now}).one_or_none()
    if row is None or row.seen_at + LIMITS[kind].idle < now:
        return None
    if now - row.seen_at > TOUCH:
        _touch(ctx, row.hash, now)
    return WebSession(row.hash, row.kind, row.subject, row.data, row.created_at)


def _touch(ctx: Context, hash: str, now: datetime) -> None:
    """Renew the idle limit; where only a reading unit of work is open, a later request does it."""
    if not ctx.can_write:
        return
    with ctx.writing() as session:
        session.execute(update(SessionRow).where(col(SessionRow.hash) == hash).values(seen_at=now))


def sweep_sessions(ctx: Context) -> None:
    """Delete what has expired. Run by the kernel's schedule, inside `ctx.writing()`."""
    ctx.session.execute(delete(SessionRow).where(col(SessionRow.expires_at) <= ctx.now()))


def _known(ctx: Context) -> dict[str, WebSession | None]:
    known: dict[str, WebSession | None] = ctx.request.scope.setdefault(KEY, {}) if ctx.request else {}
    return known


def _kind_of(ctx: Context) -> Kind:
    path: str = ctx.request.scope["path"] if ctx.request else ""
    return "staff" if path == "/admin" or path.startswith(("/admin/", "/api/v1/admin/")) else "customer"


def _cookie(kind: str) -> str:
    return "session" if kind == "customer" else "staff"


def _hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()
