"""Closed for maintenance: while `var/maintenance` exists, shoppers get a page that says so (503), staff and gateways go on.

`marketry maintenance on` makes the file, `off` removes it; every process sees it at its next request, no restart needed.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from marketry.web.context import context_of
from marketry.web.security.paths import below
from marketry.web.templates import templates_of

if TYPE_CHECKING:
    from marketry.runtime import Runtime

# What staff, machines and payment providers need, and what the page itself is made of.
OPEN = ("/admin", "/healthz", "/readyz", "/metrics", "/hooks", "/static", "/theme.css", "/media")
RETRY_AFTER = "120"  # seconds


def mark_in(var_dir: Path) -> Path:
    """The file whose being there closes the shop."""
    return Path(var_dir) / "maintenance"


class Maintenance:
    """Stands inside the locale's prefix and before the page cache."""

    def __init__(self, app: ASGIApp, runtime: "Runtime") -> None:
        self.app = app
        self._mark = mark_in(runtime.site.var_dir)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._mark.exists() or below(scope["path"], OPEN):
            await self.app(scope, receive, send)
            return
        answer = await run_sync(closed, Request(scope))
        await answer(scope, receive, send)


def closed(request: Request) -> Response:
    """503 as a page, or as a problem for programs."""
    ctx = context_of(request)
    ctx.personal = True
    headers = {"Retry-After": RETRY_AFTER}
    if request.scope["path"].startswith("/api/"):
        told = ctx.gettext("The shop is closed for a moment. Please try again soon.")
        problem = {"type": "about:blank", "title": "Service Unavailable", "status": 503, "code": "maintenance", "detail": told}
        return JSONResponse(problem, 503, headers, media_type="application/problem+json")
    return HTMLResponse(templates_of(ctx.runtime).page(ctx, "errors/503.html", {}), 503, headers)
