"""Pages and posts in the back office: list, both languages side by side, preview, revisions."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from starlette.responses import Response

from marketry import Context, Refused
from marketry.database import in_locale
from marketry.problems import not_found
from marketry.web import Ctx, Form, FormValues, Router, permission, redirect, render
from marketry_pages import editing, office
from marketry_pages.entries import BASES, EntryView
from marketry_pages.forms import EntryForm
from marketry_pages.models import revision
from marketry_pages.routes.shop import render_entry

router = Router()
READ, WRITE = "pages.page.read", "pages.page.write"
LIST = "/admin/pages"
MOST_BYTES = 20 * 1024 * 1024


@router.get("/pages")
@permission(READ)
def entries(ctx: Ctx, kind: str = "", q: str = "", state: str = "", cursor: str | None = None) -> Response:
    with ctx.reading():
        page = office.entry_page(ctx, kind, q[:200], state, cursor)
        return render(
            ctx, "pages/admin/entries.html", page=page, kind=kind, q=q, state=state, local=_local(ctx), state_of=office.state_of
        )


@router.get("/pages/new")
@permission(WRITE)
def new_entry(ctx: Ctx, kind: str = "page") -> Response:
    return _page(ctx, None, {"kind": _known(ctx, kind), "position": 50, "placement": "footer" if kind == "policy" else ""})


@router.post("/pages/new")
@permission(WRITE)
def create_entry(ctx: Ctx, form: Form) -> Response:
    kind = _known(ctx, form.get("kind"))
    try:
        parsed = _parsed(ctx, form)
        with ctx.writing():
            handle = editing.create_entry(ctx, kind, parsed)
    except Refused as refused:
        return _page(ctx, None, form.values, refused)
    return redirect(ctx, f"{LIST}/{handle}", ctx.gettext("The page is saved."))


@router.post("/pages/preview")
@permission(WRITE)
def preview(ctx: Ctx, form: Form) -> Response:
    """What is typed, as people would see it; nothing is saved."""
    wanted = form.get("preview")
    spoken = ctx.with_locale(wanted if wanted in ctx.site.locales else ctx.site.locales[0])
    return render_entry(spoken, _typed_view(spoken, form), preview=True)


@router.get("/pages/{handle}")
@permission(READ)
def edit_entry(ctx: Ctx, handle: str) -> Response:
    with ctx.reading():
        found = editing.find_entry(ctx, handle)
        return _page(ctx, found, _values(ctx, found))


@router.post("/pages/{handle}")
@permission(WRITE)
def change_entry(ctx: Ctx, handle: str, form: Form) -> Response:
    try:
        parsed = _parsed(ctx, form)
        seen = form.get("revision")
        with ctx.writing():
            editing.change_entry(ctx, handle, parsed, seen=int(seen) if seen.isdecimal() else None)
    except Refused as refused:
        with ctx.reading():
            return _page(ctx, editing.find_entry(ctx, handle), form.values, refused)
    return redirect(ctx, f"{LIST}/{handle}", ctx.gettext("The page is saved."))


@router.post("/pages/{handle}/delete")
@permission(WRITE)
def delete_entry(ctx: Ctx, handle: str, form: Form) -> Response:
    if form.get("sure") != "1":
        with ctx.reading():
            found = editing.find_entry(ctx, handle)
            return render(ctx, "pages/admin/delete.html", handle=handle, name=_local(ctx)(found.title))
    with ctx.writing():
        editing.delete_entry(ctx, handle)
    return redirect(ctx, LIST, ctx.gettext("The page is deleted."))


@router.get("/pages/{handle}/revisions")
@permission(READ)
def revisions(ctx: Ctx, handle: str, cursor: str | None = None) -> Response:
    with ctx.reading():
        found = editing.find_entry(ctx, handle)
        page = office.revisions(ctx, found.id, cursor)
        return render(
            ctx, "pages/admin/revisions.html", handle=handle, name=_local(ctx)(found.title), page=page,
            newest=editing.last_revision(ctx, found.id), can_write=ctx.allows(WRITE),
        )  # fmt: skip


@router.get("/pages/{handle}/revisions/{number}")
@permission(READ)
def one_revision(ctx: Ctx, handle: str, number: int) -> Response:
    with ctx.reading():
        found = editing.find_entry(ctx, handle)
        kept = select(revision).where(revision.c.entry_id == found.id, revision.c.number.in_([number - 1, number]))
        rows = {row.number: row for row in ctx.session.execute(kept)}
        if number not in rows:
            raise not_found(ctx.gettext("There is no such revision."))
        before = rows[number - 1].content if number - 1 in rows else {}
        return render(
            ctx, "pages/admin/revision.html", handle=handle, name=_local(ctx)(found.title), revision=rows[number],
            changes=office.changes_between(before, rows[number].content), newest=editing.last_revision(ctx, found.id),
            can_write=ctx.allows(WRITE),
        )  # fmt: skip


@router.post("/pages/{handle}/revisions/{number}/restore")
@permission(WRITE)
def restore(ctx: Ctx, handle: str, number: int) -> Response:
    with ctx.writing():
        editing.restore(ctx, handle, number)
    return redirect(ctx, f"{LIST}/{handle}", ctx.gettext("Revision %(number)s is back.", number=number))


def _known(ctx: Context, kind: str) -> str:
    if kind not in BASES:
        raise not_found(ctx.gettext("There is no such kind of page."))
    return kind


class TypedForm(EntryForm):
    """The form of the page: what an author wrote, and what stands beside it."""

    kind: str = ""
    revision: str = ""
    preview: str = ""
    remove_picture: bool = False


def _parsed(ctx: Context, form: FormValues) -> EntryForm:
    """The form, with the picture that was sent, if any."""
    typed = form.parse(TypedForm)
    picture = None if typed.remove_picture else typed.picture
    upload = form.files.get("upload")
    if upload is not None:
        with upload.file:
            picture = ctx.media.store(upload.file.read(MOST_BYTES), upload.filename or "")
    elif picture:
        ctx.media.size(picture)
    return typed.model_copy(update={"picture": picture})


def _typed_view(ctx: Context, form: FormValues) -> EntryView:
    parsed = _parsed(ctx, form)
    kind = _known(ctx, form.get("kind"))
    fallback, now = ctx.site.locales[0], ctx.now()

    def words(texts: dict[str, str]) -> str:
        return in_locale(texts, ctx.locale, fallback)

    base = BASES[kind]
    when = parsed.publish_at or now
    when = when if when.tzinfo else when.replace(tzinfo=ZoneInfo(ctx.site.timezone))
    return EntryView(
        0, kind, "", words(parsed.title), words(parsed.summary), words(parsed.body), words(parsed.seo_title),
        words(parsed.seo_description), parsed.picture or None, words(parsed.picture_alt), words(parsed.author),
        tuple(parsed.tags), tuple(parsed.products), parsed.placement, when, now, {}, base,
        "" if ctx.locale == fallback else f"/{ctx.locale}",
    )  # fmt: skip


def _page(ctx: Context, found: Any, values: dict[str, Any], refused: Refused | None = None) -> Response:
    with ctx.reading():
        number = editing.last_revision(ctx, found.id) if found else 0
    kind = found.kind if found else values.get("kind", "page")
    return render(
        ctx,
        "pages/admin/entry.html",
        status=refused.status if refused else 200,
        found=found,
        kind=kind,
        values=values,
        revision=number,
        state=office.state_of(ctx, found) if found else "",
        problems=refused.problems if refused else (),
        may_write=ctx.allows(WRITE),
        local=_local(ctx),
    )


def _values(ctx: Context, found: Any) -> dict[str, Any]:
    """An entry as the fields of its form; times as the shop's clocks show them."""
    content = editing.content_of(ctx, found.id)
    zone = ZoneInfo(ctx.site.timezone)
    values: dict[str, Any] = {}
    for name, value in content.items():
        if isinstance(value, dict):
            values |= {f"{name}.{locale}": text for locale, text in value.items()}
        elif isinstance(value, list):
            values[name] = ", ".join(value)
        elif name in ("publish_at", "publish_until"):
            moment = getattr(found, name)
            values[name] = f"{moment.astimezone(zone):%Y-%m-%dT%H:%M}" if moment else ""
        else:
            values[name] = "1" if value is True else "" if value in (False, None) else value
    return values


def _local(ctx: Context) -> Any:
    return lambda texts: in_locale(texts, ctx.locale, ctx.site.locales[0])
