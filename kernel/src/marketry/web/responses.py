"""Answers of pages: a template, whole or one fragment of it, and a redirect that htmx follows too."""

from hashlib import blake2b
from typing import TypeVar
from urllib.parse import quote

from starlette.responses import HTMLResponse, Response

from marketry.context import Context
from marketry.web.htmx import wants_fragment
from marketry.web.messages import forget_shown, remember
from marketry.web.security.csrf import keep_token
from marketry.web.segments import Segment, follow_price_group, segments_of
from marketry.web.templates import templates_of

R = TypeVar("R", bound=Response)
# What an address is written with (RFC 3986, section 2, and what is encoded already); a header carries nothing else.
WRITTEN = "%:/?#[]@!$&'()*+,;="


def render(ctx: Context, template: str, fragment: str | None = None, status: int = 200, **values: object) -> Response:
    """The page `template`; for an htmx request only its block `fragment`, if the endpoint names one."""
    templates = templates_of(ctx.runtime)
    if fragment and wants_fragment(ctx.request):
        body = templates.fragment(ctx, template, fragment, values)
    else:
        body = templates.page(ctx, template, values)
    response = HTMLResponse(body, status)
    if ctx.personal or status != 200 or ctx.request is None:
        return finish(ctx, response)
    return _shared(ctx, ctx.request.headers.get("if-none-match", ""), response)


def _shared(ctx: Context, known: str, response: Response) -> Response:
    """A public page: any cache may keep it, and asks each time whether it is still the same (304). That of a currency or country
    which was chosen is for the chooser's browser alone: other caches would give it to everybody."""
    whose = "public" if Segment(ctx.currency, ctx.country, ctx.price_group) == segments_of(ctx.runtime).default else "private"
    etag = f'"{blake2b(response.body, digest_size=12).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": f"{whose}, max-age=0, must-revalidate", "Vary": "HX-Request, HX-Request-Type"}
    if etag in known:
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response


def finish(ctx: Context, response: R) -> R:
    """Set the cookies that drawing the page has made necessary."""
    keep_token(ctx, response)
    forget_shown(ctx, response)
    follow_price_group(ctx, response)
    return response


def redirect(ctx: Context, path: str, message: str | None = None) -> Response:
    """303 to `path` of this site, in the context's language; htmx is told to go there instead.

    `message` is shown once on the next personal page.
    """
    target = quote(path if path.startswith(("http://", "https://")) else ctx.url(path), safe=WRITTEN)
    if ctx.request is not None and "hx-request" in ctx.request.headers:
        response = Response(status_code=200, headers={"HX-Redirect": target})
    else:
        response = Response(status_code=303, headers={"Location": target})
    if message:
        remember(ctx, response, message)
    return response
