"""CSRF tokens of private pages: a random cookie, and its HMAC in the form (signed double submit, OWASP).

The first line of defence is the origin check in security/origin.py; the token is the second, for pages that are personal.
"""

import hmac
from hashlib import sha256
from secrets import token_urlsafe

from fastapi import Request
from markupsafe import Markup
from starlette.responses import Response

from marketry.context import Context
from marketry.problems import Problem, Refused
from marketry.web.cookies import read_cookie, set_cookie
from marketry.web.security.paths import SAFE_METHODS

COOKIE = "csrf"
FIELD = "csrf_token"
HEADER = "x-csrf-token"
FRESH = "marketry.csrf"  # a value made in this request, to be set as cookie when it is answered


def csrf_field(ctx: Context) -> Markup:
    """The hidden field for a form on a private page. On public pages nothing: they are the same for everyone."""
    if ctx.request is None or not ctx.personal:
        return Markup("")
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, _token(ctx, _secret(ctx, ctx.request)))


def renew_token(ctx: Context, response: Response) -> None:
    """A new cookie value at sign-in, so that a token learned before is worth nothing after."""
    value = token_urlsafe(16)
    if ctx.request is not None:
        ctx.request.scope[FRESH] = value
    set_cookie(ctx, response, COOKIE, value)


def keep_token(ctx: Context, response: Response) -> None:
    """Set the cookie for a token that this page has drawn for the first time."""
    if ctx.request is not None and FRESH in ctx.request.scope:
        set_cookie(ctx, response, COOKIE, ctx.request.scope[FRESH])


async def require_token(request: Request) -> None:
    """Dependency of private routes: refuse (403) an unsafe request that doesn't carry the token of its cookie."""
    from marketry.web.context import context_of
    from marketry.web.forms import read_form
    from marketry.web.security.origin import HEADER_AUTHENTICATED

    ctx = context_of(request)
    ctx.personal = True
    if request.method in SAFE_METHODS or request.scope.get(HEADER_AUTHENTICATED):
        return
    sent = request.headers.get(HEADER) or (await read_form(request)).token
    cookie = read_cookie(ctx, COOKIE)
    if not cookie or not hmac.compare_digest(sent.encode(), _token(ctx, cookie).encode()):
        message = ctx.gettext("This form has expired. Please go back, reload the page and send it again.")
        raise Refused(Problem("csrf", message, FIELD, status=403))


def _secret(ctx: Context, request: Request) -> str:
    """The cookie's value, or a new one that the answer will set."""
    value: str | None = request.scope.get(FRESH) or read_cookie(ctx, COOKIE)
    if value is None:
        value = request.scope[FRESH] = token_urlsafe(16)
    return value


def _token(ctx: Context, cookie: str) -> str:
    return hmac.new(f"csrf:{ctx.site.secret_key}".encode(), cookie.encode(), sha256).hexdigest()
