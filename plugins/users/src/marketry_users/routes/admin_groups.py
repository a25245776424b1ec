"""The back office's pages of customer groups."""

from fastapi import Response

from marketry import Context
from marketry.database import in_locale
from marketry.problems import Refused
from marketry.web import Ctx, Form, Router, permission, redirect, render
from marketry_users.groups import GroupForm, add_members, all_groups, delete_group, find_group, save_group

router = Router(private=True)
READ, WRITE = "users.group.read", "users.group.write"
HERE = "/admin/customer-groups"


@router.get("/customer-groups")
@permission(READ)
def groups(ctx: Ctx) -> Response:
    with ctx.reading():
        rows = [(one.row.code, in_locale(one.row.name, ctx.locale), one.members) for one in all_groups(ctx)]
    return render(ctx, "users/admin/groups.html", rows=rows)


@router.get("/customer-groups/new")
@permission(WRITE)
def new(ctx: Ctx) -> Response:
    return _page(ctx, None, {})


@router.post("/customer-groups/new")
@permission(WRITE)
def create(ctx: Ctx, form: Form) -> Response:
    try:
        with ctx.writing():
            group = save_group(ctx, form.parse(GroupForm), None)
    except Refused as refused:
        return _page(ctx, None, form.values, refused)
    return redirect(ctx, f"{HERE}/{group.code}", ctx.gettext("The group is made. Now put customers in."))


@router.get("/customer-groups/{group}")
@permission(READ)
def edit(ctx: Ctx, group: str) -> Response:
    with ctx.reading():
        row = find_group(ctx, group)
    return _page(ctx, group, {"code": row.code, **{f"name.{locale}": text for locale, text in row.name.items()}})


@router.post("/customer-groups/{group}")
@permission(WRITE)
def change(ctx: Ctx, group: str, form: Form) -> Response:
    try:
        with ctx.writing():
            save_group(ctx, form.parse(GroupForm), group)
    except Refused as refused:
        return _page(ctx, group, form.values, refused)
    return redirect(ctx, f"{HERE}/{group}", ctx.gettext("Saved."))


@router.post("/customer-groups/{group}/members")
@permission(WRITE)
def members(ctx: Ctx, group: str, form: Form) -> Response:
    try:
        with ctx.writing():
            count = add_members(ctx, group, form.get("emails"))
    except Refused as refused:
        if refused.status == 404:
            raise
        with ctx.reading():
            row = find_group(ctx, group)
        names = {f"name.{locale}": text for locale, text in row.name.items()}
        return _page(ctx, group, {"code": group, **names, "emails": form.get("emails")}, refused)
    message = ctx.ngettext("One customer is new in the group.", "%(n)s customers are new in the group.", count)
    return redirect(ctx, f"{HERE}/{group}", message)


@router.post("/customer-groups/{group}/delete")
@permission(WRITE)
def delete(ctx: Ctx, group: str) -> Response:
    with ctx.writing():
        delete_group(ctx, group)
    return redirect(ctx, HERE, ctx.gettext("The group is deleted."))


def _page(ctx: Context, code: str | None, values: dict[str, str], refused: Refused | None = None) -> Response:
    locales = [(locale, ctx.runtime.i18n.language_name(locale)) for locale in ctx.site.locales]
    return render(
        ctx,
        "users/admin/group.html",
        status=refused.status if refused else 200,
        problems=refused.problems if refused else (),
        code=code,
        values=values,
        locales=locales,
    )
