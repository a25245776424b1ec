"""Finding a route by the first segment of its path, so that a request isn't tried against every route of every plugin."""

from collections.abc import Sequence

from fastapi import APIRouter
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send


class Dispatch:
    """Hands a request to a router with just the routes that its first segment can match, in their order."""

    def __init__(self, router: APIRouter) -> None:
        self._all = router
        by_segment: dict[str, list[BaseRoute]] = {_segment(route): [] for route in router.routes}
        for segment, routes in by_segment.items():
            routes.extend(route for route in router.routes if _segment(route) in (segment, ""))
        self._open = _router(by_segment.pop("", ()))
        self._by_segment = {segment: _router(routes) for segment, routes in by_segment.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._all.app(scope, receive, send)
            return
        segment = scope["path"][1:].partition("/")[0] or "/"
        await self._by_segment.get(segment, self._open).app(scope, receive, send)


def _router(routes: Sequence[BaseRoute]) -> APIRouter:
    router = APIRouter(redirect_slashes=False)
    router.routes.extend(routes)
    return router


def _segment(route: BaseRoute) -> str:
    """The fixed first segment of a route, `/` for the home page, "" where it is a parameter: it can match any."""
    path: str = getattr(route, "path", "")
    first = path[1:].partition("/")[0] or "/"
    return "" if "{" in first else first
