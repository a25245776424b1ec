"""Whether the process lives, whether it can serve, and its figures."""

import os
from hmac import compare_digest

from fastapi import Request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, Response

from marketry.context import Context
from marketry.hookspecs.operations import health
from marketry.telemetry import log
from marketry.web.context import Ctx
from marketry.web.routing import Router
from marketry.web.values import HealthReport

router = Router()
LOOPBACK = ("127.0.0.1", "::1", "testclient")


@router.get("/healthz")
async def alive() -> PlainTextResponse:
    """The event loop turns. Touches nothing else: a restart wouldn't mend a database that is away."""
    return PlainTextResponse("ok")


@router.get("/readyz")
def ready(ctx: Ctx) -> JSONResponse:
    """503 while the database or something a plugin calls critical is missing."""
    reports = [_database(ctx), *(report for answer in ctx.hooks.each(health, ctx) for report in answer.value)]
    serving = all(report.ok or not report.critical for report in reports)
    shown = [{"name": report.name, "ok": report.ok, "detail": report.detail} for report in reports]
    return JSONResponse({"ready": serving, "checks": shown}, 200 if serving else 503, {"Cache-Control": "no-store"})


def _database(ctx: Context) -> HealthReport:
    try:
        with ctx.reading() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        log.error("database_unreachable", reason=str(error))
        return HealthReport("database", False, "does not answer", critical=True)
    return HealthReport("database", True, critical=True)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus' text format. With `[metrics] token` for its bearer alone, else for this machine alone."""
    _admit(request, str(request.app.state.runtime.site.table("metrics").get("token", "")))
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # several workers: the files of all of them, added up
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _admit(request: Request, token: str) -> None:
    if token:
        admitted = compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {token}".encode())
    else:
        near = request.client is None or request.client.host in LOOPBACK
        admitted = near and "x-forwarded-for" not in request.headers and "forwarded" not in request.headers
    if not admitted:
        raise HTTPException(404)
