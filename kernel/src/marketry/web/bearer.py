"""Sessions of programs: the same rows as those of browsers, opened by a token in `Authorization: Bearer …` (RFC 6750).

A browser never sends that header by itself, so such requests need no CSRF token. A token opens nothing as a cookie, and a
cookie's value nothing as a token: what a row's data says (`BEARER`) must fit the way it came.
"""

from collections.abc import Mapping
from datetime import datetime
from secrets import token_urlsafe
from typing import Any

from marketry.context import Context
from marketry.web.sessions import BEARER, Kind, keep_session


def start_bearer_session(ctx: Context, kind: Kind, subject: str, data: Mapping[str, Any] | None = None) -> tuple[str, datetime]:
    """A token for `subject`, shown this once, and until when it holds at most. Call inside `ctx.writing()`."""
    token = token_urlsafe(32)
    row = keep_session(ctx, kind, subject, token, {**(data or {}), BEARER: True})
    return token, row.expires_at
