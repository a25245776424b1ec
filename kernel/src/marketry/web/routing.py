"""The router that plugins use: FastAPI's, private as a whole if asked; and the list of what is mounted."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, FastAPI

from marketry.web.guard import MARK
from marketry.web.guard import private as mark_private


class Router(APIRouter):
    """`private=True` marks every route in it `@private`."""

    def __init__(self, *, private: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.private = private

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        if self.private:
            mark_private(endpoint)
        super().add_api_route(path, endpoint, **options)


def listed_routes(app: FastAPI) -> list[dict[str, str]]:
    """Every mounted route, sorted by path: `method`, `path`, `access` (`public`, `open` or a permission), `plugin`."""
    rows = [
        {"method": method, "path": one.path, "access": _access(one.endpoint), "plugin": one.plugin}
        for one in app.state.mounted
        for method in sorted(one.methods)
    ]
    return sorted(rows, key=lambda row: (row["path"], row["method"]))


def _access(endpoint: Callable[..., Any]) -> str:
    """`open`: a route that only reads and says nothing, so anybody may."""
    guard = getattr(endpoint, MARK, None)
    return "open" if guard is None else guard or "public"
