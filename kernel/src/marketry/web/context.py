"""The context of a request: built without I/O, once, and found again by whoever else handles the request."""

from typing import TYPE_CHECKING, Annotated, cast

from fastapi import Depends, Request

from marketry.context import Context
from marketry.web.security.paths import PRIVATE, below
from marketry.web.segments import segment_of

if TYPE_CHECKING:
    from marketry.runtime import Runtime

KEY = "marketry.context"
LOCALE = "marketry.locale"


def context_of(request: Request) -> Context:
    """The one context of `request`, in the locale that the path's prefix named."""
    scope = request.scope
    found = scope.get(KEY)
    if found is None:
        runtime: Runtime = scope["app"].state.runtime
        channel = "api" if scope["path"].startswith("/api/") else "web"
        segment = segment_of(scope, runtime)
        is_private = below(scope["path"], PRIVATE)
        asks = bool(segment.group) or is_private or channel == "api"
        found = scope[KEY] = Context(
            runtime, request=request, locale=scope.get(LOCALE), channel=channel,
            currency=segment.currency, country=segment.country, price_group=None if asks else "",
        )  # fmt: skip
        found.personal = is_private
    return cast(Context, found)


async def _request_context(request: Request) -> Context:
    return context_of(request)


Ctx = Annotated[Context, Depends(_request_context)]
