"""A message that is shown once, on the page after a redirect; signed, in a short-lived cookie."""

from itsdangerous import BadSignature
from starlette.responses import Response

from marketry.context import Context
from marketry.web.cookies import drop_cookie, read_cookie, set_cookie

COOKIE = "message"
SHOWN = "marketry.message_shown"
SECONDS = 60


def remember(ctx: Context, response: Response, message: str) -> None:
    """Keep `message` for the next page of this browser."""
    set_cookie(ctx, response, COOKIE, str(ctx.runtime.signer("message").dumps(message[:500])), max_age=SECONDS)


def recall(ctx: Context) -> str:
    """The message to show now, or ""; only private pages ask, since public ones are the same for everyone."""
    signed = read_cookie(ctx, COOKIE)
    if not signed or ctx.request is None:
        return ""
    ctx.request.scope[SHOWN] = True
    try:
        return str(ctx.runtime.signer("message").loads(signed, max_age=SECONDS))
    except BadSignature:
        return ""


def forget_shown(ctx: Context, response: Response) -> None:
    """Drop the cookie of a message that this answer shows."""
    if ctx.request is not None and ctx.request.scope.get(SHOWN):
        drop_cookie(ctx, response, COOKIE)
