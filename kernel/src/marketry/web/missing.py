"""A page of the shop that nobody answers: plugins may know where it went (the hook `missing`)."""

from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from marketry.context import Context
from marketry.hookspecs import web as web_hooks
from marketry.web.locales import SHOWN
from marketry.web.moved import Moved
from marketry.web.security.paths import PRIVATE, below

# What is no page of the shop: other surfaces, and files.
ELSEWHERE = ("/admin", "/api", "/hooks", "/media", "/static")
GONE = 410
# RFC 3986, section 2, and what is encoded already.
WRITTEN = "%:/?#[]@!$&'()*+,;="


def moved(ctx: Context) -> Moved | None:
    """Ask plugins about the address of a GET that ended in 404; None where it isn't a page of the shop or nobody knows."""
    request = ctx.request
    if request is None or request.method not in ("GET", "HEAD") or below(request.scope["path"], (*ELSEWHERE, *PRIVATE)):
        return None
    answer = ctx.hooks.first(web_hooks.missing, ctx, str(request.scope["path"]))
    return answer.value if answer else None


def redirect_to(ctx: Context, found: Moved) -> Response:
    """The redirect; the query goes along where the target has none of its own."""
    target = quote(found.target, safe=WRITTEN)
    query = ctx.request.url.query if ctx.request else ""
    if query and "?" not in target:
        path, mark, fragment = target.partition("#")
        target = f"{path}?{query}{mark}{fragment}"
    return RedirectResponse(target, found.status)


def shown_path(ctx: Context) -> str:
    """The path as the browser shows it, with the prefix of its language."""
    return str(ctx.request.scope.get(SHOWN, ctx.request.scope["path"])) if ctx.request else "/"
