"""The outermost layer: a request's id, its line in the log, its time in the metrics, and the answer when all else broke."""

import json
import logging
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from secrets import token_hex
from time import perf_counter, time

import structlog
from prometheus_client import Counter, Histogram
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from marketry.telemetry import log, request_id

REQUESTS = Counter("marketry_requests", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "marketry_request_seconds", "Time from request to answer", ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)  # fmt: skip
_log = logging.getLogger("marketry")
_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Access:
    """Catches what nobody caught, so that even a crash is answered with the usual headers and in the client's form."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        own_id = request_id_of(next((value for name, value in scope["headers"] if name == b"x-request-id"), None))
        token = request_id.set(own_id)
        started, status, path = perf_counter(), 0, scope["path"]

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", own_id.encode())]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            _note(scope, path, status or 499, perf_counter() - started)
            request_id.reset(token)


class Boundary:
    """Turns an exception that nobody expected into a 500 or 503, inside the layers that add headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            log.exception("request_failed", method=scope["method"], path=scope["path"])
            from marketry.web.errors import crashed

            response = await run_in_threadpool(crashed, Request(scope, receive), error)
            await response(scope, receive, send)


def request_id_of(sent: bytes | None) -> str:
    """The proxy's id of this request if it sent a sane one, else our own."""
    return str(sent, "ascii") if sent is not None and _ID.fullmatch(sent) else token_hex(8)


def _note(scope: Scope, path: str, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", "none")  # the pattern: a path itself would be a metric of its own
    method = scope["method"] if scope["method"] in METHODS else "other"
    note_many(method, route, status, (seconds,))
    if path not in QUIET:
        log_lines([(method, json.dumps(path), status, request_id.get(), seconds, time())])


def note_many(method: str, route: str, status: int, seconds: Sequence[float]) -> None:
    """The metrics of requests for one route, answered alike."""
    count, observe = _figures(method, route, status)
    count(len(seconds))
    for each in seconds:
        observe(each)


@lru_cache(4096)  # routes are few; finding a figure by its labels costs more than raising it
def _figures(method: str, route: str, status: int) -> tuple[Callable[[float], None], Callable[[float], None]]:
    return REQUESTS.labels(method, route, str(status)).inc, SECONDS.labels(route).observe


def log_lines(requests: Iterable[tuple[str, str, int, str, float, float]]) -> None:
    """One line per request: method, path as JSON, status, id, seconds it took, and when it was answered. In production they are
    written here, by hand: through structlog one costs 100 µs, a tenth of a page."""
    if not _log.isEnabledFor(logging.INFO):
        return
    if sys.stderr.isatty() or not structlog.is_configured():
        for method, path, status, own_id, seconds, _ in requests:
            log.info("request", method=method, path=json.loads(path), status=status, ms=round(seconds * 1000, 1), request=own_id)
        return
    lines = [
        f'{{"event": "request", "method": "{method}", "path": {path}, "status": {status}, "ms": {seconds * 1000:.1f}, '
        f'"request": "{own_id}", "level": "info", "logger": "marketry", '
        f'"timestamp": "{_second(int(at))}.{int(at % 1 * 1000):03d}Z"}}\n'
        for method, path, status, own_id, seconds, at in requests
    ]
    sys.stderr.write("".join(lines))


@lru_cache(4)
def _second(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S")
