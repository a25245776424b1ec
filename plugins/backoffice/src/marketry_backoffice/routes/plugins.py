"""What is installed, what runs, and each plugin's settings."""

from fastapi import Response
from pydantic import BaseModel

from marketry.connections import ConnectionResult, ConnectionTest
from marketry.context import Context
from marketry.plugins.manifest import NoSettings
from marketry.problems import Refused, not_found
from marketry.settings.effective import BadSettings, layered
from marketry.web import Ctx, Form, Router, fresh, permission, rate_limit, redirect, render
from marketry.web.freshness import CODE as REAUTHENTICATION
from marketry_backoffice import configuring
from marketry_backoffice.connecting import tests_of, try_plugin
from marketry_backoffice.controls import controls_of, inputs_of, row_names, spare_rows
from marketry_backoffice.listing import ListedPlugin, all_plugins, look_for_changes, one_plugin
from marketry_backoffice.reports import reports_by_plugin

router = Router(private=True)
READ, WRITE = "backoffice.plugin.read", "backoffice.plugin.write"
TRIALS = "20/minute"
Trial = tuple[ConnectionTest, ConnectionResult]


@router.get("/plugins")
@permission(READ)
def plugins(ctx: Ctx) -> Response:
    restart = look_for_changes(ctx)
    return render(
        ctx, "backoffice/plugins.html", plugins=all_plugins(ctx), health=reports_by_plugin(ctx),
        switched_off=ctx.hooks.switched_off, restart=restart,
    )  # fmt: skip


@router.get("/plugins/{plugin}")
@permission(READ)
def plugin(ctx: Ctx, plugin: str) -> Response:
    return _page(ctx, _listed(ctx, plugin))


@router.post("/plugins/{plugin}/settings")
@permission(WRITE)
def change_settings(ctx: Ctx, plugin: str, form: Form) -> Response:
    listed = _listed(ctx, plugin)
    if not listed.has_settings:
        raise not_found(ctx.gettext("This plugin has no settings."))
    forget = frozenset(form.all("forget"))
    inputs = {name: value for name, value in form.values.items() if name != "forget"}
    try:
        with ctx.writing():
            changed = configuring.change_settings(ctx, plugin, inputs, forget)
    except Refused as refused:
        if refused.problems[0].code == REAUTHENTICATION:
            raise
        return _page(ctx, listed, inputs, refused)
    message = ctx.gettext("The settings are saved.") if changed else ctx.gettext("Nothing was changed.")
    return redirect(ctx, f"/admin/plugins/{plugin}", message)


@router.post("/plugins/{plugin}/connections/{name}")
@permission(WRITE)
def try_connection(ctx: Ctx, plugin: str, name: str) -> Response:
    """Ask a service that the settings lead to, and say how it answered."""
    listed = _listed(ctx, plugin)
    rate_limit(ctx, f"backoffice.connection:{ctx.actor.id}", TRIALS)
    return _page(ctx, listed, trial=try_plugin(ctx, plugin, name))


@router.get("/plugins/{plugin}/enable")
@permission(WRITE)
@fresh
def confirm_enable(ctx: Ctx, plugin: str) -> Response:
    return render(ctx, "backoffice/plugin_switch.html", plugin=_listed(ctx, plugin), deed="enable")


@router.post("/plugins/{plugin}/enable")
@permission(WRITE)
@fresh
def enable(ctx: Ctx, plugin: str) -> Response:
    _listed(ctx, plugin)
    with ctx.writing():
        added = configuring.enable(ctx, plugin)
    message = ctx.gettext("Enabled: %(plugins)s. It runs after the site's restart.", plugins=", ".join(added) or plugin)
    return redirect(ctx, "/admin/plugins", message)


@router.get("/plugins/{plugin}/disable")
@permission(WRITE)
@fresh
def confirm_disable(ctx: Ctx, plugin: str) -> Response:
    return render(ctx, "backoffice/plugin_switch.html", plugin=_listed(ctx, plugin), deed="disable")


@router.post("/plugins/{plugin}/disable")
@permission(WRITE)
@fresh
def disable(ctx: Ctx, plugin: str) -> Response:
    with ctx.writing():
        configuring.disable(ctx, plugin)
    message = ctx.gettext("%(plugin)s is disabled; its data stays. It stops at the site's restart.", plugin=plugin)
    return redirect(ctx, "/admin/plugins", message)


def _listed(ctx: Context, plugin: str) -> ListedPlugin:
    look_for_changes(ctx)
    found = next((one for one in all_plugins(ctx) if one.id == plugin), None)
    if found is None:
        raise not_found(ctx.gettext("No installed package offers this plugin."))
    return one_plugin(ctx, plugin)


def _page(
    ctx: Context,
    plugin: ListedPlugin,
    inputs: dict[str, str] | None = None,
    refused: Refused | None = None,
    trial: Trial | None = None,
) -> Response:
    schema = plugin.manifest.settings if plugin.manifest and plugin.has_settings else NoSettings
    controls = controls_of(schema)
    standing, origin, trouble = _standing(ctx, plugin.id, schema) if controls else ({}, {}, "")
    return render(
        ctx, "backoffice/plugin.html", status=refused.status if refused else 200, plugin=plugin, controls=controls,
        inputs=inputs if inputs is not None else inputs_of(controls, standing), standing=standing, origin=origin,
        trouble=trouble, problems=refused.problems if refused else (), row_names=row_names, spare_rows=spare_rows,
        may_write=ctx.allows(WRITE), health=reports_by_plugin(ctx).get(plugin.id, ()),
        tests=tests_of(ctx, plugin.id), trial=trial,
    )  # fmt: skip


def _standing(ctx: Context, plugin: str, schema: type[BaseModel]) -> tuple[dict[str, object], dict[str, str], str]:
    """The values that hold, where each comes from, and what is wrong with them if they don't validate."""
    try:
        effective = ctx.runtime.effective(plugin)
    except BadSettings as error:
        return layered(plugin, schema, ctx.site, ctx.runtime.stored), {}, str(error)
    values = effective.value.model_dump(mode="json")
    return {name: value for name, value in values.items() if value is not None}, dict(effective.origin), ""
