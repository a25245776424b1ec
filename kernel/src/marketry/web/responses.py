"""Answers of pages: a template, whole or one fragment of it, and a redirect that htmx follows too."""

from starlette.responses import HTMLResponse, Response

from marketry.context import Context
from marketry.web.htmx import wants_fragment
from marketry.web.templates import templates_of


def render(
    ctx: Context, template: str, fragment: str | None = None, status: int = 200, **values: object
) -> HTMLResponse:
    """The page `template`; for an htmx request only its block `fragment`, if the endpoint names one."""
    templates = templates_of(ctx.runtime)
    if fragment and wants_fragment(ctx.request):
        body = templates.fragment(ctx, template, fragment, values)
    else:
        body = templates.page(ctx, template, values)
    return HTMLResponse(body, status)


def redirect(ctx: Context, path: str, message: str | None = None) -> Response:
    """303 to `path` of this site, in the context's language; htmx is told to go there instead.

    `message` is shown once on the next full page.
    """
    from marketry.web.messages import remember

    target = path if path.startswith(("http://", "https://")) else ctx.url(path)
    if ctx.request is not None and "hx-request" in ctx.request.headers:
        response = Response(status_code=204, headers={"HX-Redirect": target})
    else:
        response = Response(status_code=303, headers={"Location": target})
    if message:
        remember(ctx, response, message)
    return response
