"""The state of the system, and its theme."""

from typing import Annotated

from fastapi import Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from marketry.audit import audit
from marketry.connections import ConnectionResult
from marketry.settings import choose_theme
from marketry.web import Ctx, Form, Router, permission, rate_limit, redirect, render
from marketry_backoffice.connecting import try_mail
from marketry_backoffice.state import system_state

router = Router(private=True)


class ThemeChoice(BaseModel):
    model_config = ConfigDict(extra="forbid")
    theme: Annotated[str, StringConstraints(max_length=64)]


@router.get("/system")
@permission("backoffice.system.read")
def system(ctx: Ctx) -> Response:
    return _page(ctx)


@router.post("/system/mail/test")
@permission("backoffice.plugin.write")
def try_mail_server(ctx: Ctx) -> Response:
    """Reach the mail server as a mail would, and say how it answered. No mail is sent."""
    rate_limit(ctx, f"backoffice.connection:{ctx.actor.id}", "20/minute")
    return _page(ctx, try_mail(ctx))


def _page(ctx: Ctx, mail: ConnectionResult | None = None) -> Response:
    with ctx.reading():
        state = system_state(ctx)
    return render(ctx, "backoffice/system.html", state=state, mail=mail)


@router.post("/system/theme")
@permission("backoffice.plugin.write")
def theme(ctx: Ctx, form: Form) -> Response:
    chosen = form.parse(ThemeChoice).theme
    with ctx.writing():
        choose_theme(ctx, chosen)
        audit(ctx, "backoffice.site.theme_chosen", "site", theme=chosen)
    return redirect(ctx, "/admin/system", ctx.gettext("The theme is chosen; the site shows it after a restart."))
