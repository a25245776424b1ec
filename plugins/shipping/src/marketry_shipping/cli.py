"""`marketry shipping`: a new shop can deliver at once."""

import typer

from marketry.runtime import Runtime
from marketry.web.values import SYSTEM
from marketry_shipping.defaults import ensure_default_zones

app = typer.Typer(help="Delivery zones and methods.", no_args_is_help=True)


@app.callback()
def shipping() -> None:
    """Delivery zones and methods."""


@app.command("start")
def start(ctx: typer.Context) -> None:
    """Create zones and methods to begin with, at home and abroad, where there is no zone yet; change them at /admin/shipping."""
    runtime: Runtime = ctx.obj
    context = runtime.context(actor=SYSTEM, channel="cli")
    with context.writing():
        made = ensure_default_zones(context)
    typer.echo("Made two zones with three methods." if made else "There are zones already; nothing was changed.")
