"""`marketry plugin list|info|enable|disable`."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from marketry.cli.output import tell, tell_json, tell_table
from marketry.cli.site_option import site_dir
from marketry.web.values import SYSTEM

if TYPE_CHECKING:
    from marketry.runtime import Runtime

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Id = Annotated[str, typer.Argument(metavar="PLUGIN", help="The plugin's id, as `marketry plugin list` shows it.")]

group = typer.Typer(help="See which plugins there are; enable and disable them.", no_args_is_help=True)


def statuses(runtime: "Runtime") -> list[dict[str, Any]]:
    """Every installed or listed plugin: enabled, quarantined (with reason and mend) or merely installed."""
    from marketry.plugins.discovery import find

    found = find(runtime.extra)
    in_quarantine = {record.plugin: record for record in runtime.plugins.quarantined}
    rows = []
    for name in sorted({*found.ids, *runtime.listed}):
        record = in_quarantine.get(name)
        state = "quarantined" if record else "enabled" if name in runtime.plugins else "installed"
        if state == "installed" and name in runtime.listed:
            state = "starts with the next process"
        elif state == "enabled" and name not in runtime.listed:
            state = "stops with the next process"
        rows.append(
            {
                "id": name,
                "version": found.version(name),
                "state": state,
                "reason": record.reason if record else None,
                "mend": record.mend if record else None,
            }
        )
    return rows


@group.command("list")
def list_plugins(as_json: Json = False) -> None:
    """List installed plugins and what became of them; status 1 when one is in quarantine."""
    runtime = _boot()
    try:
        rows = statuses(runtime)
    finally:
        runtime.close()
    if as_json:
        tell_json(rows)
    else:
        tell_table(("PLUGIN", "VERSION", "STATE"), [(row["id"], row["version"], row["state"]) for row in rows])
        for row in rows:
            if row["reason"]:
                tell(f"\n{row['id']}: {row['reason']}. {row['mend']}")
    if any(row["reason"] for row in rows):
        raise typer.Exit(1)


@group.command()
def info(plugin: Id, as_json: Json = False) -> None:
    """Show a plugin's manifest, hooks, settings and where each setting comes from; secrets are hidden."""
    from marketry.plugins.discovery import find, load

    runtime = _boot()
    try:
        details = _details(runtime, plugin, load(find(runtime.extra), plugin))
    finally:
        runtime.close()
    if as_json:
        tell_json(details)
    else:
        tell_table(("", ""), [(key, _line(value)) for key, value in details.items()])


@group.command()
def enable(plugin: Id) -> None:
    """Put a plugin, and what it requires, on the site's list. Running processes are replaced by their supervisor."""
    from marketry.settings import enable_plugin

    runtime = _boot()
    try:
        with (ctx := runtime.context(actor=SYSTEM, channel="cli")).writing():
            added = enable_plugin(ctx, plugin)
    finally:
        runtime.close()
    tell(f"Enabled: {', '.join(added)}. Now run: marketry migrate" if added else f"{plugin} is enabled already.")


@group.command()
def disable(plugin: Id) -> None:
    """Take a plugin off the site's list. Its data stays; enabled again, it goes on where it was."""
    from marketry.settings import disable_plugin

    runtime = _boot()
    try:
        with (ctx := runtime.context(actor=SYSTEM, channel="cli")).writing():
            disable_plugin(ctx, plugin)
    finally:
        runtime.close()
    tell(f"Disabled: {plugin}. Its data is kept.")


def _boot() -> "Runtime":
    from marketry.boot import boot

    return boot(site_dir())


def _details(runtime: "Runtime", plugin: str, installed: Any) -> dict[str, Any]:
    manifest = installed.manifest
    state = next((row for row in statuses(runtime) if row["id"] == plugin), {})
    known = plugin in runtime.plugins.known
    settings = runtime.effective(plugin) if known else None
    return {
        **state,
        "title": manifest.title,
        "summary": manifest.summary,
        "package": installed.distribution,
        "api": manifest.api,
        "requires": dict(manifest.requires),
        "after": list(manifest.after),
        "critical": manifest.critical,
        "permissions": [asdict(permission) for permission in manifest.permissions],
        "slots": dict(manifest.declares_slots),
        "hooks": [name for name in runtime.plugins.specs if plugin in runtime.plugins.implementers(name)],
        "settings": settings.value.model_dump(mode="json") if settings else {},
        "settings_from": dict(settings.origin) if settings else {},
    }


def _line(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} = {one}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(one["code"] if isinstance(one, dict) else str(one) for one in value)
    return "" if value is None else str(value)


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="plugin")
