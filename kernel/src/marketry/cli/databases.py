"""`marketry migrate` and `marketry revision`."""

from typing import Annotated

import typer

from marketry.cli.output import tell
from marketry.cli.site_option import site_dir


def migrate(plugin: Annotated[str | None, typer.Argument(help="Only this plugin and what it requires.")] = None) -> None:
    """Bring the tables of the kernel and of every enabled plugin to their newest revision."""
    from marketry.boot import boot
    from marketry.database.installed import schemas_of, schemas_with
    from marketry.database.migrations import migrate as bring_up
    from marketry.privacy import replay
    from marketry.web.values import SYSTEM

    runtime = boot(site_dir())
    try:
        schemas = schemas_with(plugin) if plugin else schemas_of(runtime.plugins.enabled)
        applied = bring_up(runtime.database, schemas)
        replayed = replay(runtime.context(actor=SYSTEM, channel="cli"))
    finally:
        runtime.close()
    for step in applied:
        tell(f"{step.plugin}: {step.revision} {step.message}")
    if replayed.rows or replayed.regained or replayed.unreadable:
        tell(f"Erasures of people: {replayed.rows} rows erased again, {replayed.unreadable} unreadable.")
    tell(f"{len(applied)} migrations applied." if applied else "The database is up to date.")


def revision(
    plugin: Annotated[str, typer.Argument(help="The plugin whose models have changed (kernel: the kernel).")],
    message: Annotated[str, typer.Option("-m", "--message", help="What it does, in a few words.")],
) -> None:
    """Write the next migration of a plugin from what its models have become."""
    from marketry.database.autogenerate import revision as write
    from marketry.database.installed import schemas_with

    written = write(schemas_with(plugin), plugin, message)
    tell(str(written) if written else "Nothing has changed.")


def register(app: typer.Typer) -> None:
    app.command()(migrate)
    app.command()(revision)
