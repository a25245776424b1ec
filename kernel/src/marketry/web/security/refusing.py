"""Refusing a request before it reaches a route, in the form that its client reads."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from marketry.problems import Problem


async def refuse(scope: Scope, receive: Receive, send: Send, problem: Problem) -> None:
    """Answer with `problem`; its message is translated here."""
    from dataclasses import replace

    from marketry.web.context import context_of
    from marketry.web.errors import answer

    request = Request(scope, receive)
    worded = replace(problem, message=context_of(request).gettext(problem.message))
    response = await run_in_threadpool(answer, request, (worded,), problem.status)
    await response(scope, receive, send)
