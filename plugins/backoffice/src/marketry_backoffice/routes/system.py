"""The state of the system, and its theme."""

from typing import Annotated

from fastapi import Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from marketry.audit import audit
from marketry.settings import choose_theme
from marketry.web import Ctx, Form, Router, permission, redirect, render
from marketry_backoffice.state import system_state

router = Router(private=True)


class ThemeChoice(BaseModel):
    model_config = ConfigDict(extra="forbid")
    theme: Annotated[str, StringConstraints(max_length=64)]


@router.get("/system")
@permission("backoffice.system.read")
def system(ctx: Ctx) -> Response:
    with ctx.reading():
        state = system_state(ctx)
    return render(ctx, "backoffice/system.html", state=state)


@router.post("/system/theme")
@permission("backoffice.plugin.write")
def theme(ctx: Ctx, form: Form) -> Response:
    chosen = form.parse(ThemeChoice).theme
    with ctx.writing():
        choose_theme(ctx, chosen)
        audit(ctx, "backoffice.site.theme_chosen", "site", theme=chosen)
    return redirect(ctx, "/admin/system", ctx.gettext("The theme is chosen; the site shows it after a restart."))
