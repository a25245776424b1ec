"""A theme's settings as a small stylesheet of the site's own, since a strict CSP allows no style in pages."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from fastapi import APIRouter
from starlette.responses import Response

from marketry.context import Context
from marketry.plugins.manifest import NoSettings
from marketry.problems import not_found
from marketry.settings.effective import BadSettings, effective
from marketry.settings.stored import Stored
from marketry.telemetry import log
from marketry.web.context import Ctx

if TYPE_CHECKING:
    from marketry.runtime import Runtime

PATH = "/theme.css"
TEMPLATE = "theme.css"
router = APIRouter()
_changed: "WeakKeyDictionary[Runtime, tuple[Stored, Mapping[str, object]]]" = WeakKeyDictionary()


def changed(runtime: "Runtime") -> Mapping[str, object]:
    """The settings of the theme, or of the nearest parent that has some, which a layer sets; looked up once a generation."""
    found, stored = _changed.get(runtime), runtime.saved
    if found is None or found[0] is not stored:
        found = _changed[runtime] = (stored, _read(runtime))
    return found[1]


def _read(runtime: "Runtime") -> Mapping[str, object]:
    theme = next((one for one in runtime.plugins.themes if one.manifest.settings is not NoSettings), None)
    if theme is None:
        return {}
    try:
        found = effective(theme.id, theme.manifest.settings, runtime.site, runtime.stored)
    except BadSettings as error:  # a wrong colour is no reason to show no page
        log.error("theme_settings_ignored", theme=theme.id, reason=str(error), mend=error.mend)
        return {}
    return {name: getattr(found.value, name) for name, origin in found.origin.items() if origin != "default"}


PREVIEWED = "marketry.theme_preview"


def address(ctx: Context) -> str:
    """Where the stylesheet is, renamed by every change of a value; "" where there is none to load.

    A page that shows what isn't saved names its own in the request's scope (PREVIEWED).
    """
    if ctx.request is not None and PREVIEWED in ctx.request.scope:
        return str(ctx.request.scope[PREVIEWED])
    values = changed(ctx.runtime)
    return f"{PATH}?v={blake2b(repr(values).encode(), digest_size=6).hexdigest()}" if values else ""


@router.get(PATH)
def theme_stylesheet(ctx: Ctx) -> Response:
    """The template `theme.css` of the theme, drawn with the `changed` settings."""
    values = changed(ctx.runtime)
    if not values:
        raise not_found(ctx.gettext("There is nothing at this address."))
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(stylesheet(ctx, values), media_type="text/css", headers=headers)


def stylesheet(ctx: Context, values: Mapping[str, object]) -> str:
    """The theme's `theme.css` for validated values of its settings."""
    from marketry.web.templates import templates_of  # it offers `address` to templates

    return templates_of(ctx.runtime).page(ctx, TEMPLATE, {"changed": values})
