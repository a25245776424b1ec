"""Proving oneself again before dangerous deeds: a session that was left open, or stolen, can't do them.

After OWASP's Authentication Cheat Sheet ("Require Re-authentication for Sensitive Features").
"""

from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col

from marketry.context import Context
from marketry.problems import Problem, Refused
from marketry.web.security.origin import HEADER_AUTHENTICATED
from marketry.web.security.paths import SAFE_METHODS
from marketry.web.sessions import PROVED, current_session, remember_session
from marketry.web.tables import SessionRow

CODE = "reauthentication_required"
WITHIN = timedelta(minutes=10)
# A page with a form asks earlier, so that who fills the form in isn't asked when sending it.
TO_OPEN = timedelta(minutes=5)


def demand_fresh(ctx: Context) -> None:
    """Refuse (403, `reauthentication_required`) a session that has not proved itself within ten minutes.

    Signing in is a proof. Nothing is asked outside requests, nor of a program with a token: it can't be asked, and somebody
    who was asked gave it each of its permissions.
    """
    request = ctx.request
    if request is None or request.scope.get(HEADER_AUTHENTICATED):
        return
    if not is_fresh(ctx, TO_OPEN if request.method in SAFE_METHODS else WITHIN):
        raise Refused(Problem(CODE, ctx.gettext("Please confirm that it is you, and then do it again."), status=403))


def is_fresh(ctx: Context, within: timedelta = WITHIN) -> bool:
    """Whether the request's session began, or was confirmed, no longer ago than `within`."""
    session = current_session(ctx)
    return session is not None and ctx.now() - session.proved_at <= within


def prove(ctx: Context) -> None:
    """Whoever is behind the request's session has just proved themselves. Inside `ctx.writing()`."""
    session = current_session(ctx)
    if session is None:
        return
    data = {**session.data, PROVED: ctx.now().isoformat()}
    ctx.session.execute(update(SessionRow).where(col(SessionRow.hash) == session.hash).values(data=data))
    remember_session(ctx, session, data)
