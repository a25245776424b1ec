"""Server-side sessions: a random id in a cookie, its hash in the database; rotated at every sign-in.

Limits after OWASP's Session Management Cheat Sheet: an idle limit that each use renews and an absolute one that nothing
renews; staff have the shorter ones. The table `[security]` of marketry.toml sets them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
from marketry.web.segments import keep_price_group
from marketry.web.tables import SessionRow

Kind = Literal["customer", "staff"]
KEY = "marketry.sessions"
ID = 24  # letters of the hash that name a session in addresses
TOUCH = timedelta(minutes=1)  # seen_at is written at most this often
PROVED = "proved_at"  # in a session's data: when its person last proved themselves
AGENT = "agent"  # in a session's data: the browser, as it names itself
ADDRESS = "address"  # in a session's data: the network address that it began at
BEARER = "bearer"  # in a session's data: opened by a header, never by a cookie (`marketry.web.bearer`)


@dataclass(frozen=True, slots=True)
class Limits:
    idle: timedelta
    absolute: timedelta
    samesite: Literal["lax", "strict"]


def limits_of(ctx: Context, kind: str) -> Limits:
    """How long sessions of `kind` last here: `[security]`, or 1 h and 12 h for staff, 14 and 90 days for customers."""
    hours = ctx.site.session_hours
    idle, absolute = (timedelta(hours=hours[f"{kind}_{name}"]) for name in ("idle", "absolute"))
    return Limits(idle, absolute, "strict" if kind == "staff" else "lax")


@dataclass(frozen=True, slots=True)
class WebSession:
    """Who is signed in here: `subject` as the plugin that started it named it, and what it put into `data`."""

    hash: str
    kind: str
    subject: str
    data: Mapping[str, Any]
    created_at: datetime

    @property
    def proved_at(self) -> datetime:
        """When its person last proved themselves: at sign-in, or since (`marketry.web.freshness`)."""
        proved = self.data.get(PROVED)
        return datetime.fromisoformat(proved) if proved else self.created_at


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its owner sees it in a list. `id` names it in addresses and is worth nothing as a cookie."""

    id: str
    agent: str
    created_at: datetime
    seen_at: datetime
    current: bool
    address: str = ""
    bearer: bool = False


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
    token, limits = token_urlsafe(32), limits_of(ctx, kind)
    row = keep_session(ctx, kind, subject, token, data or {})
    age = int(limits.absolute.total_seconds()) if kind == "customer" else None
    set_cookie(ctx, response, _cookie(kind), token, max_age=age, samesite=limits.samesite)
    renew_token(ctx, response)
    started = WebSession(row.hash, kind, subject, dict(row.data), row.created_at)
    _known(ctx)[kind] = started
    return started


def keep_session(ctx: Context, kind: Kind, subject: str, token: str, data: Mapping[str, Any]) -> SessionRow:
    """The row of a session that `token` opens."""
    now = ctx.now()
    row = SessionRow(
        hash=_hashed(token),
        kind=kind,
        subject=subject,
        data={**_whence(ctx), **data},
        created_at=now,
        seen_at=now,
        expires_at=now + limits_of(ctx, kind).absolute,
    )
    ctx.session.add(row)
    ctx.session.flush()
    return row


def end_session(ctx: Context, response: Response, kind: Kind | None = None) -> None:
    """Sign the browser or program out: the row goes, and the cookie. Call inside `ctx.writing()`."""
    kind = kind or _kind_of(ctx)
    opened = current_session(ctx, kind)
    if opened is not None:
        ctx.session.execute(delete(SessionRow).where(col(SessionRow.hash) == opened.hash))
    if read_cookie(ctx, _cookie(kind)):
        drop_cookie(ctx, response, _cookie(kind))
    _known(ctx)[kind] = None
    if kind == "customer":
        keep_price_group(ctx, response, ())


def end_sessions_of(ctx: Context, kind: Kind, subject: str) -> int:
    """Sign `subject` out everywhere (password changed, account blocked). Inside `ctx.writing()`; how many there were."""
    theirs = (col(SessionRow.kind) == kind, col(SessionRow.subject) == subject)
    return len(ctx.session.execute(delete(SessionRow).where(*theirs).returning(col(SessionRow.hash))).all())


def sessions_of(ctx: Context, kind: Kind, subject: str) -> list[OpenSession]:
    """The live sessions of `subject`, the one used last first. Inside a session."""
    now, mine = ctx.now(), current_session(ctx, kind) if ctx.request is not None else None
    theirs = (col(SessionRow.kind) == kind, col(SessionRow.subject) == subject, col(SessionRow.expires_at) > now)
    alive = col(SessionRow.seen_at) >= now - limits_of(ctx, kind).idle
    rows = ctx.session.scalars(select(SessionRow).where(*theirs, alive).order_by(col(SessionRow.seen_at).desc())).all()
    return [
        OpenSession(
            r.hash[:ID], str(r.data.get(AGENT, "")), r.created_at, r.seen_at, mine is not None and mine.hash == r.hash,
            str(r.data.get(ADDRESS, "")), bool(r.data.get(BEARER)),
        )
        for r in rows
    ]  # fmt: skip


def end_session_of(ctx: Context, kind: Kind, subject: str, id: str) -> bool:
    """Sign `subject` out of the one session that `sessions_of` lists as `id`. Inside `ctx.writing()`; whether there was one."""
    theirs = (col(SessionRow.kind) == kind, col(SessionRow.subject) == subject)
    if len(id) != ID or not id.isalnum():
        return False
    ended = delete(SessionRow).where(*theirs, col(SessionRow.hash).startswith(id)).returning(col(SessionRow.hash))
    return bool(ctx.session.execute(ended).all())


def end_other_sessions(ctx: Context, kind: Kind, subject: str) -> int:
    """Sign `subject` out everywhere but here. Inside `ctx.writing()`; how many there were."""
    mine = current_session(ctx, kind)
    others = (
        col(SessionRow.kind) == kind,
        col(SessionRow.subject) == subject,
        col(SessionRow.hash) != (mine.hash if mine else ""),
    )
    return len(ctx.session.execute(delete(SessionRow).where(*others).returning(col(SessionRow.hash))).all())


def current_session(ctx: Context, kind: Kind | None = None) -> WebSession | None:
    """The live session behind the request: a staff one below /admin, else a customer's. Looked up once a request."""
    if ctx.request is None:
        return None
    kind, known = kind or _kind_of(ctx), _known(ctx)
    if kind not in known:
        bearer = bearer_token(ctx)
        token = bearer or read_cookie(ctx, _cookie(kind))
        found = _found(ctx, kind, token) if token else None
        known[kind] = found if found and bool(found.data.get(BEARER)) == bool(bearer) else None
    return known[kind]


def bearer_token(ctx: Context) -> str | None:
    """The token of the request's header `Authorization: Bearer …`."""
    if ctx.request is None:
        return None
    ctx.personal = True
    scheme, _, token = ctx.request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _found(ctx: Context, kind: str, token: str) -> WebSession | None:
    now = ctx.now()
    with ctx.reading() as session:
        row = session.execute(_FIND, {"hash": _hashed(token), "kind": kind, "now": now}).one_or_none()
    if row is None or row.seen_at + limits_of(ctx, kind).idle < now:
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


def remember_session(ctx: Context, session: WebSession, data: Mapping[str, Any]) -> None:
    """The request's session has other `data` now; for who has just written them."""
    _known(ctx)[session.kind] = replace(session, data=dict(data))


def _whence(ctx: Context) -> dict[str, str]:
    if ctx.request is None:
        return {}
    agent, address = ctx.request.headers.get("user-agent", ""), ctx.request.client.host if ctx.request.client else ""
    return {name: text for name, text in ((AGENT, agent[:200]), (ADDRESS, address[:64])) if text}


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
