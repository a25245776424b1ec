"""The home page in the back office: its sections, listed, added, filled, moved, hidden; and looked at before they are shown."""

from typing import Any

from starlette.responses import Response

from marketry import Context, Refused
from marketry.problems import not_found
from marketry.web import Ctx, Form, Router, permission, redirect, render
from marketry.web.sections import SectionKind
from marketry_catalog.home import arranging
from marketry_catalog.home.drawing import home_page, kinds_of, sections_of, titles_of
from marketry_catalog.home.fields import controls_of, inputs_for, values_in
from marketry_catalog.queries.home import pictures_of
from marketry_catalog.queries.tree import tree_of
from marketry_catalog.settings import HomeSection

router = Router()
WRITE = "catalog.home.write"
HOME = "/admin/home"


@router.get("/home")
@permission(WRITE)
def arrangement(ctx: Ctx) -> Response:
    return _list(ctx)


@router.get("/home/preview")
@permission(WRITE)
def preview(ctx: Ctx) -> Response:
    """The home page with its hidden sections."""
    with ctx.reading():
        return render(ctx, "catalog/home.html", **home_page(ctx, hidden=True))


@router.post("/home/sections")
@permission(WRITE)
def add(ctx: Ctx, form: Form) -> Response:
    try:
        with ctx.writing():
            added = arranging.add_section(ctx, form.get("kind"))
    except Refused as refused:
        return _list(ctx, refused)
    return redirect(
        ctx, f"{HOME}/sections/{added.id}", ctx.gettext("The section is added, hidden for now. Fill it, then show it.")
    )


@router.get("/home/sections/{id}")
@permission(WRITE)
def edit(ctx: Ctx, id: str) -> Response:
    section = arranging.find_section(ctx, id)
    kind = _kind(ctx, section)
    return _page(ctx, section, kind, inputs_for(ctx, kind.schema, section.values))


@router.post("/home/sections/{id}")
@permission(WRITE)
def save(ctx: Ctx, id: str, form: Form) -> Response:
    section = arranging.find_section(ctx, id)
    kind = _kind(ctx, section)
    try:
        values = values_in(ctx, kind.schema, form)
        with ctx.writing():
            arranging.fill_section(ctx, id, values)
    except Refused as refused:
        return _page(ctx, section, kind, form.values, refused)
    return redirect(ctx, HOME, ctx.gettext("The section is saved."))


@router.post("/home/sections/{id}/preview")
@permission(WRITE)
def look(ctx: Ctx, id: str, form: Form) -> Response:
    """The home page with this section as it is typed, nothing saved."""
    section = arranging.find_section(ctx, id)
    kind = _kind(ctx, section)
    try:
        typed = section.model_copy(update={"values": values_in(ctx, kind.schema, form), "hidden": False})
    except Refused as refused:
        return _page(ctx, section, kind, form.values, refused)
    with ctx.reading():
        shown = [typed if one.id == id else one for one in sections_of(ctx)]
        return render(ctx, "catalog/home.html", **home_page(ctx, shown))


@router.post("/home/sections/{id}/move")
@permission(WRITE)
def move(ctx: Ctx, id: str, form: Form) -> Response:
    with ctx.writing():
        arranging.move_section(ctx, id, -1 if form.get("way") == "up" else 1)
    return redirect(ctx, f"{HOME}#section-{id}")


@router.post("/home/sections/{id}/hide")
@permission(WRITE)
def hide(ctx: Ctx, id: str, form: Form) -> Response:
    with ctx.writing():
        arranging.hide_section(ctx, id, hidden=form.get("hidden") == "true")
    return redirect(ctx, f"{HOME}#section-{id}")


@router.post("/home/sections/{id}/remove")
@permission(WRITE)
def remove(ctx: Ctx, id: str) -> Response:
    with ctx.writing():
        arranging.remove_section(ctx, id)
    return redirect(ctx, HOME, ctx.gettext("The section is removed."))


def _list(ctx: Context, refused: Refused | None = None) -> Response:
    sections, kinds = sections_of(ctx), {code: kind for code, (_, kind) in kinds_of(ctx).items()}
    return render(
        ctx, "catalog/admin/home.html", status=refused.status if refused else 200, sections=sections, kinds=kinds,
        titles=titles_of(sections, ctx.locale, ctx.site.locales[0]), problems=refused.problems if refused else (),
    )  # fmt: skip


def _page(
    ctx: Context, section: HomeSection, kind: SectionKind, inputs: dict[str, Any], refused: Refused | None = None
) -> Response:
    with ctx.reading():
        tree = tree_of(ctx)
        categories = [(node.handle, node.name) for node in tree.by_id.values() if tree.shown(node.id)]
        return render(
            ctx, "catalog/admin/home_section.html", status=refused.status if refused else 200, section=section, kind=kind,
            controls=controls_of(ctx, kind.schema), inputs=inputs, categories=categories, pictures=pictures_of(ctx),
            problems=refused.problems if refused else (),
        )  # fmt: skip


def _kind(ctx: Context, section: HomeSection) -> SectionKind:
    _, kind = kinds_of(ctx).get(section.kind, ("", None))
    if kind is None:
        raise not_found(ctx.gettext("The plugin of this section isn't enabled."))
    return kind
