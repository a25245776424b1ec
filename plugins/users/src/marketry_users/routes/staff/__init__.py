"""Pages and JSON of staff: signing in by two steps, one's own account, colleagues, roles, tokens."""

from collections.abc import Sequence

from fastapi import APIRouter


def staff_routers(area: str) -> Sequence[APIRouter]:
    """The routers about staff of one area of the site."""
    if area == "admin":
        from marketry_users.routes.staff import entry, invitation, me, people, roles, tokens

        return tuple(module.router for module in (entry, invitation, me, people, roles, tokens))
    if area == "api":
        from marketry_users.routes.staff import api

        return (api.router,)
    return ()
