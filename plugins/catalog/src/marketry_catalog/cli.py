"""`marketry catalog import`, `marketry catalog index` and `marketry catalog reindex`."""

from pathlib import Path
from time import sleep
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from marketry.runtime import Runtime
from marketry.web.values import SYSTEM
from marketry_catalog.importing.report import Report
from marketry_catalog.importing.run import import_catalogue

app = typer.Typer(help="The catalogue: import files, renew the search index.", no_args_is_help=True)
SHOWN_ERRORS = 50


@app.command("import")
def import_files(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(exists=True, readable=True, help="A folder of CSV files, or one of them.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, write nothing.")] = False,
    keep_stock: Annotated[bool, typer.Option("--keep-stock", help="Leave levels of stock that are there already.")] = False,
) -> None:
    """Import products, variants, categories, attributes and pictures. Wrong rows change nothing; status 1 if there are any."""
    runtime: Runtime = ctx.obj
    console = Console(stderr=True)
    with _bar(console) as bar:
        tasks: dict[str, TaskID] = {}

        def advance(file: str, done: int) -> None:
            if file not in tasks:
                tasks[file] = bar.add_task(file, total=_records(path / file if path.is_dir() else path))
            bar.update(tasks[file], completed=done)

        context = runtime.context(actor=SYSTEM, channel="cli")
        report = import_catalogue(context, path, dry_run=dry_run, keep_stock=keep_stock, progress=advance)
        for task in bar.tasks:  # a file has fewer rows than lines where texts have several
            bar.update(task.id, total=task.completed)
    _print(console, report)
    if report.error_count:
        raise typer.Exit(1)


@app.command()
def index(ctx: typer.Context) -> None:
    """Bring the search index up to date now, instead of in the background."""
    from marketry_catalog.search.indexing import index_marked

    runtime: Runtime = ctx.obj
    index_marked(runtime.context(actor=SYSTEM, channel="cli"))


@app.command()
def reindex(
    ctx: typer.Context,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start over instead of going on where a rebuild stopped.")] = False,
) -> None:
    """Build the search index anew beside the one that answers, then swap them. Killed, it goes on where it stopped."""
    from marketry_catalog.search.rebuilding import SEEN_WITHIN, rebuild, sweep

    runtime: Runtime = ctx.obj
    context = runtime.context(actor=SYSTEM, channel="cli")
    with _bar(Console(stderr=True), "products") as bar:
        task = bar.add_task("building", total=None)
        done = rebuild(context, lambda done, total: bar.update(task, completed=done, total=total), fresh=fresh)
    sleep(SEEN_WITHIN)
    sweep(context)
    typer.echo(f"{done} products are in the new index, and the shop searches it.")


def _bar(console: Console, unit: str = "rows") -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn(f"{{task.completed}} {unit}"), TimeElapsedColumn())
    return Progress(*columns, console=console)


def _records(path: Path) -> int:
    """About how many rows a file has, for the bar: its lines."""
    with path.open("rb") as file:
        return sum(1 for _ in file)


def _print(console: Console, report: Report) -> None:
    table = Table("file", "new", "changed", "right" if report.dry_run else "unchanged", "wrong")
    for file, count in report.counts.items():
        table.add_row(file, *(str(n) for n in (count.created, count.updated, count.unchanged, count.failed)))
    console.print(table)
    for error in report.errors[:SHOWN_ERRORS]:
        place = f"{error.file} row {error.row}" + (f", {error.column}" if error.column else "")
        console.print(f"{place}: {error.reason}", markup=False, highlight=False)
    if report.error_count > SHOWN_ERRORS:
        console.print(f"… and {report.error_count - SHOWN_ERRORS} more")
    if report.dry_run:
        console.print("Nothing was written: this was a dry run.")
