"""The router that plugins use: FastAPI's, private as a whole if asked."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter

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
