"""The redirects manager: rules, files, and addresses that were asked for in vain."""

from typing import Any

from starlette.responses import Response

from marketry import Context, Problem, Refused
from marketry.web import Ctx, Form, Router, permission, redirect, render
from marketry_pages import office, redirects
from marketry_pages.domain.rules import Rule

router = Router()
READ, WRITE = "pages.redirect.read", "pages.redirect.write"
LIST = "/admin/redirects"
MOST_BYTES = 4 * 1024 * 1024


@router.get("/redirects")
@permission(READ)
def rules(ctx: Ctx, q: str = "", cursor: str | None = None) -> Response:
    with ctx.reading():
        page = redirects.rules_page(ctx, q.strip()[:200], cursor)
    return render(ctx, "pages/admin/redirects.html", page=page, q=q, may_write=ctx.allows(WRITE))


@router.get("/redirects/new")
@permission(WRITE)
def new_rule(ctx: Ctx, source: str = "") -> Response:
    return _page(ctx, None, {"source": source[:400], "status": "301"})


@router.post("/redirects/new")
@permission(WRITE)
def create_rule(ctx: Ctx, form: Form) -> Response:
    return _save(ctx, form, None)


@router.get("/redirects/missing")
@permission(READ)
def asked_in_vain(ctx: Ctx, cursor: str | None = None) -> Response:
    with ctx.reading():
        page = office.missing_page(ctx, cursor)
    return render(ctx, "pages/admin/missing.html", page=page, may_write=ctx.allows(WRITE))


@router.get("/redirects/file")
@permission(WRITE)
def file_page(ctx: Ctx) -> Response:
    return _file_page(ctx)


@router.post("/redirects/file")
@permission(WRITE)
def import_file(ctx: Ctx, form: Form) -> Response:
    upload = form.files.get("file")
    if upload is None:
        return _file_page(ctx, Problem("required", ctx.gettext("Choose a CSV file."), "file"))
    with upload.file:
        content = upload.file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        return _file_page(ctx, Problem("too_large", ctx.gettext("The file is larger than 4 MB."), "file"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _file_page(ctx, Problem("bad_file", ctx.gettext("The file isn't UTF-8."), "file"))
    with ctx.writing():
        report = redirects.import_rules(ctx, text, dry_run=form.get("deed") != "import")
    return _file_page(ctx, report=report, file=upload.filename or "")


@router.get("/redirects/redirects.csv")
@permission(READ)
def export(ctx: Ctx) -> Response:
    with ctx.reading():
        text = redirects.exported(ctx)
    headers = {"Content-Disposition": 'attachment; filename="redirects.csv"'}
    return Response(text.encode("utf-8-sig"), 200, headers, media_type="text/csv; charset=utf-8")


@router.get("/redirects/{rule}")
@permission(READ)
def edit_rule(ctx: Ctx, rule: int) -> Response:
    with ctx.reading():
        found = redirects.find_rule(ctx, rule)
    written = Rule(found.source, found.target, found.status, found.prefix).written
    return _page(ctx, found, {"source": written, "target": found.target, "status": str(found.status)})


@router.post("/redirects/{rule}")
@permission(WRITE)
def change_rule(ctx: Ctx, rule: int, form: Form) -> Response:
    return _save(ctx, form, rule)


@router.post("/redirects/{rule}/delete")
@permission(WRITE)
def delete_rule(ctx: Ctx, rule: int) -> Response:
    with ctx.writing():
        redirects.delete_rule(ctx, rule)
    return redirect(ctx, LIST, ctx.gettext("The redirect is deleted."))


def _save(ctx: Context, form: Form, rule: int | None) -> Response:
    status = form.get("status", "301")
    try:
        with ctx.writing():
            redirects.save_rule(ctx, form.get("source"), form.get("target"), int(status) if status.isdecimal() else 0, rule)
    except Refused as refused:
        found = None
        if rule is not None:
            with ctx.reading():
                found = redirects.find_rule(ctx, rule)
        return _page(ctx, found, form.values, refused)
    return redirect(ctx, LIST, ctx.gettext("The redirect is saved."))


def _page(ctx: Context, found: Any, values: dict[str, Any], refused: Refused | None = None) -> Response:
    return render(
        ctx,
        "pages/admin/redirect.html",
        status=refused.status if refused else 200,
        found=found,
        values=values,
        problems=refused.problems if refused else (),
        may_write=ctx.allows(WRITE),
    )


def _file_page(ctx: Context, problem: Problem | None = None, report: redirects.Report | None = None, file: str = "") -> Response:
    values: dict[str, Any] = {"report": report, "file": file, "problems": (problem,) if problem else ()}
    return render(ctx, "pages/admin/redirects_file.html", status=422 if problem else 200, **values)
