"""`marketry person export|erase|replay`: what a person may ask of the shop."""

from typing import Annotated

import typer

from marketry.cli.output import tell, tell_json
from marketry.cli.site_option import site_dir

group = typer.Typer(help="Hand out or erase what the site holds of a person.", no_args_is_help=True)
Address = Annotated[str, typer.Argument(help="The person's e-mail address.")]


@group.command()
def export(address: Address) -> None:
    """Print all personal data of a person, by plugin, as JSON."""
    from marketry.boot import boot
    from marketry.privacy import export_person
    from marketry.web.values import SYSTEM

    runtime = boot(site_dir())
    try:
        ctx = runtime.context(actor=SYSTEM, channel="cli")
        with ctx.reading():
            tell_json(export_person(ctx, address))
    finally:
        runtime.close()


@group.command()
def erase(address: Address, yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False) -> None:
    """Erase or anonymise a person's data in every enabled plugin. Orders keep their goods and amounts."""
    from marketry.boot import boot
    from marketry.privacy import erase_person, not_asked
    from marketry.privacy.journal import write_missing
    from marketry.web.values import SYSTEM

    if not yes:
        typer.confirm(f"Erase everything about {address} for good?", abort=True)
    runtime = boot(site_dir())
    try:
        ctx = runtime.context(actor=SYSTEM, channel="cli")
        with ctx.writing():
            rows = erase_person(ctx, address)
        write_missing(ctx)
        with ctx.reading():
            waiting = not_asked(ctx)
    finally:
        runtime.close()
    tell(f"{rows} rows erased or made anonymous.")
    if waiting:
        tell(f"Waiting until they are enabled again: {', '.join(waiting)}.")


@group.command()
def replay() -> None:
    """Erase again whom a restored database has got back, and what a plugin held that was disabled at the time."""
    from marketry.boot import boot
    from marketry.privacy import replay as do_again
    from marketry.web.values import SYSTEM

    runtime = boot(site_dir())
    try:
        done = do_again(runtime.context(actor=SYSTEM, channel="cli"))
    finally:
        runtime.close()
    tell(f"{done.regained} erasures out of the journal, {done.carried_out} carried out, {done.rows} rows erased.")
    if done.unreadable:
        tell(f"{done.unreadable} erasures are sealed under a former key of this site: set it beside the new one, and replay.")
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="person")
