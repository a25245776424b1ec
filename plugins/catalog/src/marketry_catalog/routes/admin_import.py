"""Importing CSV files in the back office: one file at a time, first as a dry run."""

import tempfile
from pathlib import Path

from starlette.responses import Response

from marketry import Context, Problem, Refused
from marketry.audit import audit
from marketry.web import Ctx, Form, Router, permission, render
from marketry_catalog.importing.kinds import KINDS
from marketry_catalog.importing.report import Report
from marketry_catalog.importing.run import import_catalogue

router = Router()
WRITE = "catalog.product.write"
MOST_BYTES = 64 * 1024 * 1024


@router.get("/import")
@permission(WRITE)
def import_page(ctx: Ctx) -> Response:
    return _page(ctx)


@router.post("/import")
@permission(WRITE)
def import_file(ctx: Ctx, form: Form) -> Response:
    upload = form.files.get("file")
    if upload is None:
        return _page(ctx, Refused(Problem("required", ctx.gettext("Choose a CSV file."), "file")))
    dry_run = form.get("deed") != "import"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload.csv"
        with path.open("wb") as target, upload.file:
            while chunk := upload.file.read(1024 * 1024):
                if target.tell() + len(chunk) > MOST_BYTES:
                    return _page(ctx, Refused(Problem("too_large", ctx.gettext("The file is larger than 64 MB."), "file")))
                target.write(chunk)
        report = import_catalogue(ctx, path, dry_run=dry_run, keep_stock=form.get("keep_stock") == "1")
    if not dry_run:
        with ctx.writing():
            audit(ctx, "catalog.import", f"file:{(upload.filename or '')[:120]}", rows=report.rows, wrong=report.error_count)
    return _page(ctx, report=report, file=upload.filename or "")


def _page(ctx: Context, refused: Refused | None = None, report: Report | None = None, file: str = "") -> Response:
    return render(
        ctx,
        "catalog/admin/import.html",
        status=refused.status if refused else 200,
        report=report,
        file=file,
        problems=refused.problems if refused else (),
        kinds=KINDS,
    )
