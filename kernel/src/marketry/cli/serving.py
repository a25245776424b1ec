"""`marketry run`, `marketry worker` and `marketry maintenance`."""

from enum import StrEnum
from typing import Annotated

import typer

from marketry.cli.site_option import site_dir


def run(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(help="Web processes.")] = 1,
    reload: Annotated[bool, typer.Option("--reload", help="Replace the processes when a file changes.")] = False,
) -> None:
    """Serve the site: a supervisor and its web processes; on the embedded default it migrates first and runs jobs too."""
    from marketry.supervisor import supervise

    raise typer.Exit(supervise(site_dir(), host=host, port=port, workers=workers, reload=reload))


def worker(
    burst: Annotated[bool, typer.Option("--burst", help="Stop when nothing is due.")] = False,
) -> None:
    """Run jobs, subscribers and schedules (RQ where Redis is configured)."""
    from marketry.jobs.worker import work

    raise typer.Exit(work(site_dir(), burst=burst))


class Switch(StrEnum):
    ON = "on"
    OFF = "off"


def maintenance(state: Annotated[Switch, typer.Argument(help="on closes the shop to shoppers, off opens it.")]) -> None:
    """Close the shop for a moment: shoppers get a page that says so (503), staff and payment providers go on."""
    from marketry.cli.output import tell
    from marketry.settings.reading import read_site
    from marketry.web.maintenance import mark_in

    mark = mark_in(read_site(site_dir()).var_dir)
    if state is Switch.ON:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    else:
        mark.unlink(missing_ok=True)
    tell("The shop is closed for maintenance." if state is Switch.ON else "The shop is open.")


def register(app: typer.Typer) -> None:
    app.command()(run)
    app.command()(worker)
    app.command()(maintenance)
