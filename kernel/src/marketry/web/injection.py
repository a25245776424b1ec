"""Handing an endpoint its context without a dependency: solving one costs FastAPI some 30 µs a request, this nothing."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from fastapi import Request

from marketry.web.context import context_of
from marketry.web.guard import context_parameter


def given_context(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """`endpoint` as FastAPI is to see it: with the request in place of the context, which it gets when it is called."""
    signature = inspect.signature(endpoint, eval_str=True)
    wanted = context_parameter(signature)
    if wanted is None:
        return endpoint
    requests = (name for name, one in signature.parameters.items() if one.annotation is Request)
    given = next(requests, None)
    source = given or "context_request"

    def filled(values: dict[str, Any]) -> dict[str, Any]:
        request = values[source] if given else values.pop(source)
        values[wanted] = context_of(request)
        return values

    if inspect.iscoroutinefunction(endpoint):

        @wraps(endpoint)
        async def called(**values: Any) -> Any:
            return await endpoint(**filled(values))

    else:

        @wraps(endpoint)
        def called(**values: Any) -> Any:
            return endpoint(**filled(values))

    kept = [one for name, one in signature.parameters.items() if name != wanted]
    if not given:
        kept.append(inspect.Parameter(source, inspect.Parameter.KEYWORD_ONLY, annotation=Request))
    # An argument without a default may follow one that has it only where all are named.
    named = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in kept]
    called.__signature__ = signature.replace(parameters=named)  # type: ignore[attr-defined]
    return called
