"""The API over HTTP, with what can go wrong on the wire."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections import deque

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

from marketry_gateways.stripe.api import Api, Request
from marketry_gateways.stripe.errors import Json
from marketry_gateways.stripe.faults import Fault, Faults
from marketry_gateways.stripe.names import new_id

_FAILURE: Json = {
    "error": {
        "message": "An unknown error occurred. If this persists, please contact us at https://support.stripe.com.",
        "type": "api_error",
    }
}
_TOO_MANY: Json = {
    "error": {
        "code": "rate_limit",
        "doc_url": "https://stripe.com/docs/error-codes/rate-limit",
        "message": "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.",
        "type": "invalid_request_error",
    }
}
_KEPT = 10_000
_connections: dict[tuple[str, int], asyncio.Transport] = {}


class TrackedProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, remembering the transport of each client so that a fault can tear it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self.client:
            _connections[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        _connections.pop(self.client or ("", 0), None)
        super().connection_lost(exc)


def _tear(request: HttpRequest) -> Response:
    """Reset the request's connection; whatever is answered then goes nowhere."""
    client = request.client
    transport = _connections.get((client.host, client.port)) if client else None
    if transport:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return Response(status_code=502)


class Wire:
    """The endpoint of everything below /v1."""

    def __init__(self, api: Api, faults: Faults) -> None:
        self.api, self.faults = api, faults
        self.requests: deque[Request] = deque(maxlen=_KEPT)

    async def answer(self, request: HttpRequest) -> Response:
        """Answer a request, or let the fault have its way that is next for it."""
        asked = Request(request.method, request.url.path, request.url.query, dict(request.headers.items()), await request.body())
        self.requests.append(asked)
        fault = self.faults.take(asked.method, asked.path)
        return await self._befall(fault, request, asked) if fault else await self._answer(asked)

    async def _befall(self, fault: Fault, request: HttpRequest, asked: Request) -> Response:
        if fault.kind == "reset":
            return _tear(request)
        if fault.kind == "lost":
            await self._answer(asked)
            return _tear(request)
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
            return await self._answer(asked)
        if fault.kind == "rate_limit":
            return _json(429, _TOO_MANY, {"Stripe-Rate-Limited-Reason": "endpoint-rate"})
        if fault.kind == "error_remembered":
            await run_in_threadpool(self.api.remember_failure, asked, 500, _FAILURE)
        return _json(500, _FAILURE, {})

    async def _answer(self, asked: Request) -> Response:
        answer = await run_in_threadpool(self.api.answer, asked)
        return _json(answer.status, answer.body, dict(answer.headers))


def _json(status: int, body: Json, headers: dict[str, str]) -> Response:
    named = {"Request-Id": new_id("req", length=14), **headers}
    return Response(json.dumps(body, indent=2, ensure_ascii=False), status, named, "application/json")
