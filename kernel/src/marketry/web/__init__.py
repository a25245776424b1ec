"""Everything that speaks HTTP and HTML: what a plugin's routes import, found here by name and loaded when asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from marketry.web.app import create_app
    from marketry.web.context import Ctx, context_of
    from marketry.web.cookies import drop_cookie, read_cookie, set_cookie
    from marketry.web.forms import Form, FormValues
    from marketry.web.guard import customers_only, fresh, gives_way, permission, private, public, staff_only
    from marketry.web.islands import hint
    from marketry.web.pagecache.marking import cached
    from marketry.web.ratelimits import network, rate_limit
    from marketry.web.responses import redirect, render
    from marketry.web.routing import Router
    from marketry.web.sessions import current_session, end_session, start_session
    from marketry.web.templates import render_steady, render_text

_HOME = {
    "create_app": "app",
    "Ctx": "context",
    "cached": "pagecache.marking",
    "context_of": "context",
    "drop_cookie": "cookies",
    "read_cookie": "cookies",
    "set_cookie": "cookies",
    "Form": "forms",
    "FormValues": "forms",
    "customers_only": "guard",
    "fresh": "guard",
    "staff_only": "guard",
    "gives_way": "guard",
    "permission": "guard",
    "private": "guard",
    "public": "guard",
    "hint": "islands",
    "network": "ratelimits",
    "rate_limit": "ratelimits",
    "redirect": "responses",
    "render": "responses",
    "Router": "routing",
    "current_session": "sessions",
    "end_session": "sessions",
    "start_session": "sessions",
    "render_steady": "templates",
    "render_text": "templates",
}
__all__ = [
    "Ctx", "Form", "FormValues", "Router", "cached", "context_of", "create_app", "current_session", "customers_only",
    "drop_cookie", "end_session", "fresh", "gives_way", "hint", "network", "permission", "private", "public", "rate_limit",
    "read_cookie", "redirect", "render", "render_steady", "render_text", "set_cookie", "staff_only", "start_session",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load on first use: the values of `marketry.web.values` are imported by jobs and commands that serve no page."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
