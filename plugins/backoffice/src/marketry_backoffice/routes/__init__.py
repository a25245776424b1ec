"""Pages of the back office, one module per room."""

from collections.abc import Sequence

from fastapi import APIRouter

from marketry_backoffice.routes import audit, confirm, dashboard, entry, mails, outbox, plugins, system, themes


def all_routers() -> Sequence[APIRouter]:
    return tuple(module.router for module in (entry, confirm, dashboard, mails, outbox, plugins, audit, system, themes))
