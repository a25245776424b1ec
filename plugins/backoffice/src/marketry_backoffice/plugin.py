"""Manifest and wiring."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from marketry import Context, Permission, Plugin, hookimpl
from marketry.jobs.values import Job
from marketry.web.values import Actor, Card, MenuEntry

if TYPE_CHECKING:
    import typer
    from fastapi import APIRouter, Request

plugin = Plugin(
    id="backoffice",
    title="Back office",
    summary="Staff sign in here, see what happens, and look after plugins, the outbox and the audit trail.",
    permissions=(
        Permission("backoffice.dashboard.read", "See the dashboard and search"),
        Permission("backoffice.outbox.read", "See events, jobs and mails"),
        Permission("backoffice.outbox.write", "Run, park and discard events and jobs"),
        Permission("backoffice.plugin.read", "See plugins and their settings"),
        Permission("backoffice.plugin.write", "Enable plugins and change settings"),
        Permission("backoffice.audit.read", "See who did what"),
        Permission("backoffice.system.read", "See the state of the system"),
    ),
    models="marketry_backoffice.models",
    hookspecs="marketry_backoffice.hookspecs",
    in_safe_mode=True,
    csp={"frame-src": ("'self'",)},  # the look at a mail on its page
)


@hookimpl
def routes(area: str) -> "Sequence[APIRouter]":
    if area != "admin":
        return ()
    from marketry_backoffice.routes import all_routers

    return all_routers()


@hookimpl
def resolve_actor(ctx: Context, request: "Request") -> Actor | None:
    from marketry.web import current_session
    from marketry_backoffice.staff import actor_of

    session = current_session(ctx)
    return actor_of(ctx, session.subject) if session and session.kind == "staff" else None


@hookimpl
def register_cli() -> "Mapping[str, typer.Typer]":
    from marketry_backoffice.cli import app

    return {"staff": app}


@hookimpl
def jobs() -> Sequence[Job]:
    from marketry_backoffice.mailing import mail_link

    return (Job("mail_link", mail_link),)


@hookimpl
def admin_menu(ctx: Context) -> Sequence[MenuEntry]:
    from marketry_backoffice.parked import parked_badge

    _ = ctx.gettext
    return (
        MenuEntry(_("Dashboard"), "/admin", "backoffice.dashboard.read", "", "home", 0),
        MenuEntry(_("Outbox"), "/admin/outbox", "backoffice.outbox.read", "operate", "inbox", 10, parked_badge),
        MenuEntry(_("Plugins"), "/admin/plugins", "backoffice.plugin.read", "operate", "plug", 30),
        MenuEntry(_("Audit trail"), "/admin/audit", "backoffice.audit.read", "operate", "shield", 40),
        MenuEntry(_("System"), "/admin/system", "backoffice.system.read", "operate", "gear", 50),
        MenuEntry(_("Design"), "/admin/design", "backoffice.system.read", "operate", "palette", 60),
    )


@hookimpl
def admin_dashboard(ctx: Context) -> Sequence[Card]:
    from marketry_backoffice.dashboard import cards

    return cards(ctx)
