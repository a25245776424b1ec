"""The web application of one site."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI

if TYPE_CHECKING:
    from marketry.runtime import Runtime


def create_app(runtime: "Runtime") -> FastAPI:
    """The application serving `runtime`: routes of its plugins mounted and guarded, errors worded in one place."""
    from marketry.web.mounting import mount

    app = FastAPI(title=runtime.site.name, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.runtime = runtime
    mount(app, runtime)
    return app


def site_app() -> FastAPI:
    """The factory that uvicorn calls in each worker; the site's folder comes from MARKETRY_SITE."""
    from marketry.runtime import boot

    return create_app(boot(Path(os.environ.get("MARKETRY_SITE", "."))))
