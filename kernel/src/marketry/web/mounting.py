"""Mounting plugins' routers by area, and refusing what must not be mounted."""

from typing import TYPE_CHECKING

from fastapi import FastAPI

from marketry.hookspecs.web import routes

if TYPE_CHECKING:
    from marketry.runtime import Runtime

PREFIXES = {"shop": "", "admin": "/admin", "api": "/api/v1", "webhook": "/hooks"}


def mount(app: FastAPI, runtime: "Runtime") -> None:
    """Include the routers of every enabled plugin; a disabled plugin's addresses are simply not there (404)."""
    for area, prefix in PREFIXES.items():
        for answer in runtime.hooks.each(routes, area):
            for router in answer.value:
                own = f"{prefix}/{answer.plugin}" if area == "webhook" else prefix
                app.include_router(router, prefix=own)
