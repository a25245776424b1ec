"""A theme's settings as a small stylesheet of the site's own, since a strict CSP allows no style in pages."""

from collections.abc import Mapping
from hashlib import blake2b

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from marketry.context import Context
from marketry.problems import not_found
from marketry.settings.effective import effective
from marketry.web.context import Ctx

PATH = "/theme.css"
TEMPLATE = "theme.css"
router = APIRouter()


def changed(ctx: Context) -> tuple[BaseModel, Mapping[str, object]] | None:
    """The theme's settings and those of them that some layer sets; None where all are the theme's defaults."""
    runtime = ctx.runtime
    for theme in runtime.plugins.themes[:1]:
        found = effective(theme.id, theme.manifest.settings, runtime.site, runtime.stored)
        names = [name for name, origin in found.origin.items() if origin != "default"]
        if names:
            return found.value, {name: getattr(found.value, name) for name in names}
    return None


def address(ctx: Context) -> str:
    """Where the stylesheet is, renamed by every change of a value; "" where there is none to load."""
    found = changed(ctx)
    if found is None:
        return ""
    return f"{PATH}?v={blake2b(repr(found[1]).encode(), digest_size=6).hexdigest()}"


@router.get(PATH)
def theme_stylesheet(ctx: Ctx) -> Response:
    """The template `theme.css` of the theme, drawn with its `settings` and the `changed` ones."""
    found = changed(ctx)
    if found is None:
        raise not_found(ctx.gettext("There is nothing at this address."))
    from marketry.web.templates import templates_of  # it offers `address` to templates

    settings, values = found
    body = templates_of(ctx.runtime).page(ctx, TEMPLATE, {"settings": settings, "changed": values})
    return Response(body, media_type="text/css", headers={"Cache-Control": "public, max-age=31536000, immutable"})
