"""`marketry pages import`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from marketry.runtime import Runtime
from marketry.web.values import SYSTEM
from marketry_pages.importing import import_pages

app = typer.Typer(help="Pages, policies and posts: import files.", no_args_is_help=True)
SHOWN_ERRORS = 50


@app.callback()
def pages() -> None:
    """Pages, policies and posts."""


@app.command("import")
def import_files(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder of Markdown files with a YAML header.")],
    kind: Annotated[str, typer.Option(help="page, policy or post, where neither file nor folder says it.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, write nothing.")] = False,
    drafts: Annotated[bool, typer.Option("--drafts", help="Don't publish what doesn't say so.")] = False,
) -> None:
    """Import pages, policies and posts. A wrong file changes nothing; status 1 if there are any."""
    runtime: Runtime = ctx.obj
    context = runtime.context(actor=SYSTEM, channel="cli")
    report = import_pages(context, folder, kind=kind, dry_run=dry_run, publish=not drafts)
    console = Console(stderr=True)
    table = Table("new", "changed", "unchanged", "wrong")
    table.add_row(*(str(n) for n in (report.created, report.changed, report.unchanged, len(report.errors))))
    console.print(table)
    for error in report.errors[:SHOWN_ERRORS]:
        place = error.file + (f", {error.column}" if error.column else "")
        console.print(f"{place}: {error.reason}", markup=False, highlight=False)
    if dry_run:
        console.print("Nothing was written: this was a dry run.")
    if report.errors:
        raise typer.Exit(1)
