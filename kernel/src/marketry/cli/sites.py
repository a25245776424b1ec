"""`marketry new-site`, `shell` and `doctor`."""

from pathlib import Path
from typing import Annotated

import typer

from marketry.cli.output import tell, tell_json
from marketry.cli.site_option import site_dir

TOML = """\
# A Marketry site. Every key is explained in docs/operator.md; the environment (MARKETRY_…) wins over this file.
name = {name}
base_url = "http://localhost:8000"
locales = ["en", "zh"]        # the first is the default
currencies = ["USD"]          # ISO 4217; the first is the default
country = "US"                # ISO 3166
timezone = "UTC"
theme = {theme}
plugins = [{plugins}]

# Settings of a plugin go into a table of its name; the back office can change them later.
# [settings.shipping]
"""


def new_site(folder: Annotated[Path, typer.Argument(help="The folder to make.")], name: str = "My shop") -> None:
    """Make a site folder with marketry.toml and every installed plugin enabled."""
    import json

    from marketry.plugins.discovery import find

    path = folder / "marketry.toml"
    if path.exists():
        raise typer.BadParameter(f"{path} exists already")
    found = find()
    theme = next(iter(sorted(found.themes)), "")
    folder.mkdir(parents=True, exist_ok=True)
    listed = ", ".join(json.dumps(plugin) for plugin in found.ids)
    path.write_text(TOML.format(name=json.dumps(name, ensure_ascii=False), theme=json.dumps(theme), plugins=listed), "utf-8")
    tell(f"Made {path}. Now run: marketry run --site {folder}")


def shell() -> None:
    """Open a Python shell with `runtime`, `ctx` and an open read session `session`."""
    import code

    from marketry.boot import boot
    from marketry.web.values import SYSTEM

    runtime = boot(site_dir())
    try:
        ctx = runtime.context(actor=SYSTEM, channel="cli")
        with ctx.reading() as session:
            banner = f"Marketry: {runtime.site.name}. Names here: runtime, ctx, session (read only)."
            code.interact(banner, local={"runtime": runtime, "ctx": ctx, "session": session}, exitmsg="")
    finally:
        runtime.close()


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False) -> None:
    """Examine the site: configuration, database, migrations, Redis, plugins and what they depend on. Status 1 if ill."""
    from marketry.cli.examination import examine

    findings = examine(site_dir())
    if as_json:
        tell_json([{"name": f.name, "ok": f.ok, "detail": f.detail, "critical": f.critical} for f in findings])
    else:
        for finding in findings:
            mark = "ok  " if finding.ok else "ILL " if finding.critical else "warn"
            tell(f"{mark}  {finding.name}: {finding.detail}")
    if any(finding.critical and not finding.ok for finding in findings):
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    app.command("new-site")(new_site)
    app.command()(shell)
    app.command()(doctor)
