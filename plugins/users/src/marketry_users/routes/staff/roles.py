"""Roles: the list, the editor, copies."""

from typing import Annotated, Any

from fastapi import Query, Response

from marketry import Context
from marketry.problems import Refused, invalid
from marketry.web import Ctx, Form, FormValues, Router, fresh, permission, redirect, render
from marketry_users.domain.rights import ALL, RoleRights
from marketry_users.routes.staff.typed_limits import shown_limits, typed_limits
from marketry_users.staff.catalogue import sections
from marketry_users.staff.roles import RoleView, all_roles, delete_role, role, save_role

router = Router(private=True, prefix="/roles")
READ, WRITE = "users.role.read", "users.role.write"
EMPTY = RoleView("", "", "", RoleRights(frozenset()), False)


@router.get("")
@permission(READ)
def roles(ctx: Ctx) -> Response:
    with ctx.reading():
        listed = all_roles(ctx)
    return render(ctx, "users/staff/roles.html", roles=listed, may_write=ctx.allows(WRITE))


@router.get("/new")
@permission(WRITE)
@fresh
def new_role(ctx: Ctx, copy: Annotated[str, Query(alias="from", max_length=40)] = "") -> Response:
    with ctx.reading():
        model = role(ctx, copy) if copy else EMPTY
    name = ctx.gettext("Copy of %(name)s", name=model.name) if copy else ""
    rights = _spelled_out(ctx) if ALL in model.rights.permissions else model.rights
    return _editor(ctx, RoleView("", name, model.note, rights, False))


@router.post("/new")
@permission(WRITE)
@fresh
def make_role(ctx: Ctx, form: Form) -> Response:
    return _saved(ctx, EMPTY, form)


@router.get("/{key}")
@permission(READ)
def one_role(ctx: Ctx, key: str) -> Response:
    with ctx.reading():
        found = role(ctx, key)
    return _editor(ctx, found)


@router.post("/{key}")
@permission(WRITE)
@fresh
def change_role(ctx: Ctx, key: str, form: Form) -> Response:
    with ctx.reading():
        found = role(ctx, key)
    return _saved(ctx, found, form)


@router.post("/{key}/delete")
@permission(WRITE)
@fresh
def remove_role(ctx: Ctx, key: str) -> Response:
    with ctx.writing():
        delete_role(ctx, key)
    return redirect(ctx, "/admin/roles", ctx.gettext("The role is deleted."))


def _spelled_out(ctx: Context) -> RoleRights:
    """Everything, permission by permission: what a copy of the owner's role begins with."""
    parts = sections(ctx)
    return RoleRights(
        frozenset(permission.code for part in parts for permission in part.permissions),
        {limit.code: None for part in parts for limit in part.limits},
    )


def _saved(ctx: Context, standing: RoleView, form: FormValues) -> Response:
    try:
        limits = typed_limits(ctx, form)
        name, note = form.get("name").strip(), form.get("note").strip()
        if not name or len(name) > 80 or len(note) > 300:
            raise invalid("bad_name", ctx.gettext("Give the role a name of at most 80 characters."), "name")
        with ctx.writing():
            key = save_role(ctx, standing.key or None, name, note, form.all("permissions"), limits)
    except Refused as refused:
        ticked = RoleRights(frozenset(form.all("permissions")), standing.rights.limits)
        typed = RoleView(standing.key, form.get("name"), form.get("note"), ticked, standing.starter, standing.holders)
        return _editor(ctx, typed, refused, form)
    return redirect(ctx, f"/admin/roles/{key}", ctx.gettext("The role is saved and holds at once."))


def _editor(ctx: Context, shown: RoleView, refused: Refused | None = None, form: FormValues | None = None) -> Response:
    values: dict[str, Any] = {"limits": shown_limits(ctx, shown.rights.limits, form), "currencies": ctx.site.currencies}
    return render(
        ctx, "users/staff/role.html", status=refused.status if refused else 200, role=shown, sections=sections(ctx),
        everything=ALL in shown.rights.permissions, may_write=ctx.allows(WRITE) and not shown.starter,
        may_copy=ctx.allows(WRITE), problems=refused.problems if refused else (), **values,
    )  # fmt: skip
