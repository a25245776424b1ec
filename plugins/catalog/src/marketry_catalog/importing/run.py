"""One import, file after file in the order in which they depend on each other."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from marketry import Context
from marketry_catalog.importing.cells import Cells
from marketry_catalog.importing.kind import Kind, Run
from marketry_catalog.importing.kinds import KINDS
from marketry_catalog.importing.reading import BadFile, check_columns, read_header, read_rows
from marketry_catalog.importing.report import Report, RowError
from marketry_catalog.kept_pages import catalogue_changed
from marketry_catalog.queries.recent import changed

BATCH = 500
Progress = Callable[[str, int], None]  # file, rows done


def import_catalogue(
    ctx: Context,
    path: Path,
    *,
    dry_run: bool = False,
    keep_stock: bool = False,
    own_pictures: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Import a folder of files, or one file, whose header says what it is.

    A wrong row changes nothing and is reported; the others are written, 500 rows to a transaction. `dry_run` checks everything
    and writes nothing. `keep_stock` counts stock only where there is none yet;
    `own_pictures` keeps picture files as they are instead of encoding them anew.
    """
    report = Report(dry_run)
    run = Run(ctx, path if path.is_dir() else path.parent, dry_run, keep_stock, own_pictures)
    for kind, file in _files(path, report):
        try:
            _import_file(run, kind, file, report, progress)
        except BadFile as error:
            report.wrong([RowError(error.file, 1, error.column, error.reason)])
    if run.changed and not dry_run:
        with ctx.writing():
            ctx.enqueue("catalog.index", {}, key=f"import:{ctx.now().isoformat()}")
    return report


def _files(path: Path, report: Report) -> Iterator[tuple[type[Kind], Path]]:
    if path.is_dir():
        named = [(kind, path / f"{kind.name}.csv") for kind in KINDS]
        found = [(kind, file) for kind, file in named if file.is_file()]
        if not found:
            report.wrong([RowError(path.name, 0, "", f"holds none of {', '.join(f.name for _, f in named)}")])
        yield from found
        return
    try:
        columns = set(read_header(path).columns)
    except (BadFile, OSError) as error:
        report.wrong([RowError(path.name, 1, "", str(error))])
        return
    fitting = _fitting(columns)
    if fitting is None:
        wanted = "; ".join(f"{k.name}: {', '.join(c for c, needed in k.columns.items() if needed)}" for k in KINDS)
        report.wrong([RowError(path.name, 1, "", f"the header fits no kind of file ({wanted})")])
    else:
        yield fitting, path


def _fitting(columns: set[str]) -> type[Kind] | None:
    """The kind that knows most of the columns, among those whose necessary ones are there."""

    def known(kind: type[Kind]) -> int:
        return sum(c in kind.columns or any(re.fullmatch(p, c) for p in kind.patterns) for c in columns)

    possible = [k for k in KINDS if {c for c, needed in k.columns.items() if needed} <= columns]
    return max(possible, key=known, default=None)


def _import_file(run: Run, kind: type[Kind], file: Path, report: Report, progress: Progress | None) -> None:
    header = read_header(file)
    check_columns(file, header, kind.columns, kind.patterns)
    reader = kind(run, header)
    rows = read_rows(file, header)
    done = 0
    while batch := list(islice(rows, BATCH)):
        _import_batch(run, reader, batch, report)
        done += len(batch)
        if progress:
            progress(file.name, done)


def _import_batch(run: Run, kind: Kind, batch: Sequence[Cells], report: Report) -> None:
    parsed = [(cells, kind.parse(cells)) for cells in batch]
    good = [(cells, row) for cells, row in parsed if not cells.errors]
    _refuse_repeated(good)
    count = report.count(batch[0].file)
    kind.prepare([(c, r) for c, r in good if not c.errors])
    if run.dry_run:
        with run.ctx.reading():
            kind.check([(c, r) for c, r in good if not c.errors])
        kind.remember([r for c, r in good if not c.errors])
        count.unchanged += sum(not c.errors for c in batch)
    else:
        with run.ctx.writing() as session:
            changed(session)
            kind.check([(c, r) for c, r in good if not c.errors])
            outcome = kind.write([(c, r) for c, r in good if not c.errors])
            if outcome.created + outcome.updated:
                catalogue_changed(run.ctx)
        count.created += outcome.created
        count.updated += outcome.updated
        count.unchanged += sum(not c.errors for c in batch) - outcome.created - outcome.updated
        run.changed = run.changed or outcome.created + outcome.updated > 0
    for cells in batch:
        if cells.errors:
            report.wrong(cells.errors)


def _refuse_repeated(rows: Sequence[tuple[Cells, object]]) -> None:
    """The second row of one key in a batch; further apart, the later row simply wins."""
    seen: dict[object, int] = {}
    for cells, row in rows:
        key = getattr(row, "key", None)
        first = seen.setdefault(key, cells.number)
        if first != cells.number:
            cells.wrong("", f"repeats row {first}")
