"""`marketry staff …`."""

from typing import Annotated

import typer

from marketry.runtime import Runtime
from marketry.web.values import SYSTEM

app = typer.Typer(help="Members of staff.", no_args_is_help=True)


@app.callback()
def staff() -> None:
    """Members of staff."""


@app.command("create-admin")
def create_admin(command: typer.Context, email: Annotated[str, typer.Argument(help="Who signs in by the link.")]) -> None:
    """Make EMAIL a member of staff with all permissions, and print a sign-in link: good once, for 15 minutes.

    For somebody who is one already it prints a fresh link.
    """
    from marketry_backoffice.links import issue_link
    from marketry_backoffice.staff import ensure_admin

    runtime: Runtime = command.obj
    ctx = runtime.context(actor=SYSTEM, channel="cli")
    with ctx.writing():
        link = issue_link(ctx, ensure_admin(ctx, email))
    typer.echo("Open this link within 15 minutes; it works once:", err=True)
    typer.echo(link)
