"""`marketry hooks [NAME]` and `marketry routes`."""

from typing import Annotated, Any

import typer

from marketry.cli.output import tell, tell_json, tell_table
from marketry.cli.site_option import site_dir


def hooks(
    name: Annotated[str | None, typer.Argument(help="One hook, with its documentation.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """List all hooks and who implements them in this site, in the order in which they are asked."""
    from marketry.boot import boot
    from marketry.cli.hook_reference import described

    runtime = boot(site_dir())
    try:
        rows = [
            {**described(spec), "plugins": list(runtime.plugins.implementers(spec.__name__))} for spec in runtime.plugins.calls
        ]
    finally:
        runtime.close()
    if name:
        rows = _only(rows, name)
    if as_json:
        tell_json(rows)
    elif name:
        one = rows[0]
        asked = ", ".join(one["plugins"]) or "nobody"
        tell(f"{one['signature']}\n\n{one['documentation']}\n\n{one['policy']}\nasked: {asked}")
    else:
        tell_table(("HOOK", "FAILS", "PLUGINS"), [(row["name"], row["failure"], ", ".join(row["plugins"])) for row in rows])


def _only(rows: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    from difflib import get_close_matches

    chosen = [row for row in rows if row["name"] == name]
    if not chosen:
        near = get_close_matches(name, [row["name"] for row in rows], n=1)
        raise typer.BadParameter(f"there is no hook {name}." + (f" Did you mean {near[0]}?" if near else ""))
    return chosen


def routes(as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False) -> None:
    """List the site's routes: method, path, who may, which plugin."""
    from marketry.boot import boot
    from marketry.web.app import create_app
    from marketry.web.routing import listed_routes

    runtime = boot(site_dir())
    try:
        rows = listed_routes(create_app(runtime))
    finally:
        runtime.close()
    if as_json:
        tell_json(rows)
    else:
        tell_table(("METHOD", "PATH", "ACCESS", "PLUGIN"), [(r["method"], r["path"], r["access"], r["plugin"]) for r in rows])


def register(app: typer.Typer) -> None:
    app.command()(hooks)
    app.command()(routes)
