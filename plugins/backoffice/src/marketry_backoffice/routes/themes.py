"""The theme of the shop: which one, its colours and type, how well they can be read, and a look before they are saved."""

from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from pydantic import BaseModel, ValidationError

from marketry.audit import audit
from marketry.context import Context
from marketry.plugins.discovery import find, load_theme
from marketry.plugins.failures import Fault
from marketry.plugins.manifest import NoSettings
from marketry.problems import Refused, not_found
from marketry.settings.effective import BadSettings, Effective, effective
from marketry.settings.saving import choose_theme, save_settings
from marketry.settings.stored import SITE
from marketry.web import Ctx, Form, Router, permission, redirect, render
from marketry.web.design import samples
from marketry.web.invalid import problems_of
from marketry.web.theming import PREVIEWED, stylesheet
from marketry_backoffice.contrast import pairs_of
from marketry_backoffice.controls import controls_of, inputs_of, values_of

router = Router(private=True)
READ, WRITE = "backoffice.plugin.read", "backoffice.plugin.write"
HERE = "/admin/design/theme"


@router.get("/design/theme")
@permission(READ)
def theme(ctx: Ctx) -> Response:
    return _page(ctx)


@router.post("/design/theme")
@permission(WRITE)
def save(ctx: Ctx, form: Form) -> Response:
    """Save what differs from what holds; `reset` forgets all that was saved."""
    owner, schema, standing = _standing(ctx)
    try:
        if form.get("reset"):
            changed: dict[str, Any] = {name: None for name, origin in standing.origin.items() if origin == "database"}
        else:
            given, before = _validated(ctx, schema, form.values), standing.value.model_dump(mode="json")
            changed = {n: v for n, v in given.items() if v != before[n] and standing.origin[n] != "environment"}
        with ctx.writing():
            if changed:
                save_settings(ctx, owner, changed)
                audit(ctx, "backoffice.theme.settings_changed", f"theme:{owner}", fields=changed)
    except Refused as refused:
        return _page(ctx, form.values, refused)
    return redirect(ctx, HERE, ctx.gettext("The theme is saved.") if changed else ctx.gettext("Nothing was changed."))


@router.post("/design/theme/choose")
@permission(WRITE)
def choose(ctx: Ctx, form: Form) -> Response:
    with ctx.writing():
        choose_theme(ctx, form.get("theme"))
        audit(ctx, "backoffice.theme.chosen", f"theme:{form.get('theme')}")
    return redirect(ctx, HERE, ctx.gettext("The theme is chosen."))


@router.post("/design/theme/preview")
@permission(READ)
def preview(ctx: Ctx, request: Request, form: Form) -> Response:
    """Every component of the shop with the colours and type as they are typed; nothing is saved."""
    _, schema, _ = _standing(ctx)
    try:
        given = _validated(ctx, schema, form.values)
    except Refused as refused:
        return _page(ctx, form.values, refused)
    request.scope[PREVIEWED] = ctx.url(f"{HERE}/preview.css?{urlencode(given)}")
    return render(ctx, "admin/design_shop.html", **samples(ctx))


@router.get("/design/theme/preview.css")
@permission(READ)
def preview_stylesheet(ctx: Ctx, request: Request) -> Response:
    """The theme's own stylesheet with the values of the query; what it doesn't name is as it stands."""
    _, schema, standing = _standing(ctx)
    inputs = {**inputs_of(controls_of(schema), standing.value.model_dump(mode="json")), **request.query_params}
    return Response(stylesheet(ctx, _validated(ctx, schema, inputs)), media_type="text/css")


def _standing(ctx: Context) -> tuple[str, type[BaseModel], Effective]:
    """The theme that has settings (the shop's, or the nearest of its parents), their schema, and what holds."""
    found = next((one for one in ctx.runtime.plugins.themes if one.manifest.settings is not NoSettings), None)
    if found is None:
        raise not_found(ctx.gettext("This theme has no settings."))
    schema = found.manifest.settings
    try:
        return found.id, schema, effective(found.id, schema, ctx.site, ctx.runtime.saved)
    except BadSettings:  # what is wrong in a file is passed over by the shop, too
        return found.id, schema, Effective(schema(), dict.fromkeys(schema.model_fields, "default"))


def _validated(ctx: Context, schema: type[BaseModel], inputs: dict[str, str]) -> dict[str, Any]:
    known = {name: value for name, value in inputs.items() if name in schema.model_fields}
    try:
        return schema.model_validate(values_of(controls_of(schema), known)).model_dump(mode="json")
    except ValidationError as error:
        raise Refused(*problems_of(ctx, error.errors(include_url=False), separator=".")) from None


def _page(ctx: Context, inputs: dict[str, str] | None = None, refused: Refused | None = None) -> Response:
    owner, schema, standing = _standing(ctx)
    values = standing.value.model_dump(mode="json")
    controls = controls_of(schema)
    installed, chosen = _installed(), _chosen(ctx)
    coming = dict(installed).get(chosen) if chosen != ctx.site.theme else None
    return render(
        ctx, "backoffice/theme.html", status=refused.status if refused else 200, owner=owner, controls=controls,
        inputs=inputs if inputs is not None else inputs_of(controls, values), origin=standing.origin,
        pairs=pairs_of(schema, values), titles={c.name: c.title for c in controls}, installed=installed,
        chosen=chosen, pinned=_pinned(ctx), coming=coming,
        problems=refused.problems if refused else (), may_write=ctx.allows(WRITE),
    )  # fmt: skip


def _pinned(ctx: Context) -> bool:
    """The environment says which theme: what is saved here has no say."""
    return ctx.site.origin.get("theme") == "environment"


def _chosen(ctx: Context) -> str:
    """The theme that is saved, which other processes may show already; this one is what it was at its start."""
    return ctx.site.theme if _pinned(ctx) else str(ctx.runtime.saved.of(SITE).get("theme", ctx.site.theme))


def _installed() -> list[tuple[str, str]]:
    """(id, title) of the themes whose packages are there and can be read."""
    found, listed = find(), []
    for name in sorted(found.themes):
        try:
            listed.append((name, load_theme(found, name).manifest.title))
        except Fault:
            continue
    return listed
