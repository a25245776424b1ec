"""The web application of one site."""

import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from anyio.to_thread import current_default_thread_limiter, run_sync
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from marketry.hookspecs import site as site_hooks
from marketry.plugins.failures import Fault
from marketry.telemetry import log
from marketry.web import choosing_segment, errors, health, machines, media, sitemap, static, theming, webhooks
from marketry.web.access import Access, Boundary
from marketry.web.locales import LocalePrefix
from marketry.web.maintenance import Maintenance
from marketry.web.mounting import mount
from marketry.web.pagecache.doorstep import Doorstep
from marketry.web.pagecache.routes import KeptRoutes
from marketry.web.pagecache.serving import PageCache
from marketry.web.routing import Router
from marketry.web.security.bodies import BodyLimit
from marketry.web.security.headers import SecurityHeaders
from marketry.web.security.hosts import TrustedHosts, trusted_hosts
from marketry.web.security.origin import OriginCheck
from marketry.web.slots import fills_of
from marketry.web.templates import templates_of

if TYPE_CHECKING:
    from marketry.runtime import Runtime

# A `def` endpoint holds the interpreter while it runs; more threads only take turns (p99 150 → 66 ms with 4).
THREADS = 4


class SiteApp(FastAPI):
    """FastAPI behind the doorstep: FastAPI's own layers alone cost half as much as an answer from the store."""

    doorstep: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self.doorstep or self.all_layers)(scope, receive, send)

    async def all_layers(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super().__call__(scope, receive, send)


def create_app(runtime: "Runtime", *, alone: bool = False) -> FastAPI:
    """The application serving `runtime`: routes of its plugins mounted and guarded, errors worded in one place.

    `alone` in its process, it keeps what stands after the start out of the garbage collector's sight.
    Raises Fault where a plugin's route, slot or static file is wrong.
    """
    app = SiteApp(title=runtime.site.name, openapi_url=None, docs_url=None, redoc_url=None, lifespan=_lifespan)
    app.router.redirect_slashes = False  # LocalePrefix does it, and keeps the prefix
    app.state.runtime = runtime
    app.state.alone = alone
    app.state.mounted = mount(app, runtime, _own_routes())
    app.state.sign_in = {one.path for one in app.state.mounted} & {errors.SIGN_IN, errors.CUSTOMERS_SIGN_IN, errors.CONFIRM}
    fills_of(runtime)
    templates_of(runtime)
    errors.install(app)
    # The last one added is the outermost.
    app.add_middleware(BodyLimit)
    app.add_middleware(OriginCheck, site=runtime.site)
    app.add_middleware(Boundary)
    app.add_middleware(PageCache, runtime=runtime, routes=KeptRoutes(app.state.mounted))
    app.add_middleware(Maintenance, runtime=runtime)
    app.add_middleware(LocalePrefix, locales=runtime.site.locales)
    app.add_middleware(TrustedHosts, hosts=trusted_hosts(runtime.site))
    app.add_middleware(SecurityHeaders, runtime=runtime)
    app.add_middleware(Access)
    app.doorstep = Doorstep(app.all_layers, runtime)
    return app


def _own_routes() -> Router:
    own = Router()
    for room in (choosing_segment, health, machines, media, sitemap, static, theming, webhooks):
        own.include_router(room.router)
    return own


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Start what plugins prepare; in the end stop it."""
    runtime: Runtime = app.state.runtime
    current_default_thread_limiter().total_tokens = THREADS
    await run_sync(_start, runtime)
    if app.state.alone:
        gc.collect()
        gc.freeze()
    try:
        yield
    finally:
        await run_sync(_stop, runtime)
        if runtime.pages.shared is not None:
            await runtime.pages.shared.close()


def _start(runtime: "Runtime") -> None:
    runtime.hooks.each(site_hooks.startup, runtime.context())


def _stop(runtime: "Runtime") -> None:
    runtime.hooks.each(site_hooks.shutdown, runtime.context())


def site_app() -> FastAPI:
    """The factory that uvicorn calls in each worker; the site's folder comes from MARKETRY_SITE.

    A plugin whose routes can't be mounted goes into quarantine like one that can't be imported, and the site starts without
    it; BootStopped where it is critical.
    """
    from marketry.runtime import boot

    folder, faults = Path(os.environ.get("MARKETRY_SITE", ".")), list[Fault]()
    while True:
        runtime = boot(folder, faults=faults)
        try:
            return create_app(runtime, alone=True)
        except Fault as fault:
            log.error("plugin_not_mounted", plugin=fault.plugin, reason=str(fault))
            runtime.close()
            faults.append(fault)
