"""The twin's doors in one application: the API, the pages, the book and the control surface."""

from __future__ import annotations

import json
from importlib.resources import files

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from marketry_gateways.stripe import account, charges, customers, disputes, intents, methods, refunds, sessions
from marketry_gateways.stripe.levers import LEVERS, Levers
from marketry_gateways.stripe.pages import Pages
from marketry_gateways.stripe.wire import Wire

OPERATIONS_IN = (account, charges, customers, disputes, intents, methods, refunds, sessions)
"""The modules that fill the table of operations."""
_STYLE = files("marketry_gateways.stripe").joinpath("templates/checkout.css").read_text()


def build_app(twin: Levers, wire: Wire) -> Starlette:
    """Everything under one roof."""

    async def book(request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(twin.statement))

    async def control(request: Request) -> Response:
        return await run_in_threadpool(_pull, twin, await request.body())

    async def style(request: Request) -> Response:
        return Response(_STYLE, media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    return Starlette(
        routes=[
            Route("/v1/{path:path}", wire.answer, methods=["GET", "POST", "DELETE"]),
            *Pages(twin.world).routes(),
            Route("/c/checkout.css", style),
            Route("/_book", book),
            Route("/_control", control, methods=["POST"]),
        ]
    )


def _pull(twin: Levers, body: bytes) -> Response:
    """``{"do": "hold"}``, ``{"do": "fault", "kind": "lost", "path": "refunds"}`` … → ``{"result": …}``."""
    try:
        asked = json.loads(body)
        name = asked.pop("do")
        if name not in LEVERS:
            raise ValueError(f"there is no lever {name}; there are {', '.join(LEVERS)}")
        return JSONResponse({"result": getattr(twin, name)(**asked)})
    except (ValueError, TypeError, KeyError, LookupError, AttributeError) as error:
        return JSONResponse({"error": str(error)}, 400)
