"""Colleagues: the list, invitations, one person's roles, sessions, tokens and second factor."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Response

from marketry import Context
from marketry.problems import Refused
from marketry.web import Ctx, Form, Router, fresh, permission, redirect, render
from marketry.web.sessions import sessions_of
from marketry_backoffice.api import Staff, subject_of
from marketry_users.domain.rights import covers
from marketry_users.routes.staff.asked import Invited, Roles
from marketry_users.staff import people
from marketry_users.staff.devices import described
from marketry_users.staff.inviting import invitations, invite, invite_again, revoke_invitation
from marketry_users.staff.resetting import reset_factor
from marketry_users.staff.roles import all_roles, grant_of_roles
from marketry_users.staff.ruling import grant_of, my_grant
from marketry_users.staff.tokens import tokens

router = Router(private=True, prefix="/staff")
READ, WRITE = "users.staff.read", people.WRITE


@router.get("")
@permission(READ)
def staff(ctx: Ctx) -> Response:
    with ctx.reading():
        known = {role.key: role.name for role in all_roles(ctx)}
        waiting = [(one, [known.get(key, key) for key in one.roles]) for one in invitations(ctx)]
        listed = people.colleagues(ctx)
    return render(ctx, "users/staff/people.html", people=listed, invitations=waiting, now=ctx.now(), may_write=ctx.allows(WRITE))


@router.get("/invite")
@permission(WRITE)
@fresh
def invite_page(ctx: Ctx) -> Response:
    return _invite(ctx)


@router.post("/invite")
@permission(WRITE)
@fresh
def send_invitation(ctx: Ctx, form: Form) -> Response:
    try:
        asked = form.parse(Invited)
        with ctx.writing():
            invite(ctx, asked.email, asked.roles, asked.locale)
    except Refused as refused:
        return _invite(ctx, refused, form.values, form.all("roles"))
    return redirect(ctx, "/admin/staff", ctx.gettext("The invitation is on its way to %(email)s.", email=asked.email))


@router.post("/invitations/{invitation}/resend")
@permission(WRITE)
@fresh
def resend(ctx: Ctx, invitation: str) -> Response:
    with ctx.writing():
        invite_again(ctx, invitation)
    return redirect(ctx, "/admin/staff", ctx.gettext("A new link is on its way; the former one stopped working."))


@router.post("/invitations/{invitation}/revoke")
@permission(WRITE)
def revoke(ctx: Ctx, invitation: str) -> Response:
    with ctx.writing():
        revoke_invitation(ctx, invitation)
    return redirect(ctx, "/admin/staff", ctx.gettext("The invitation is revoked."))


@router.get("/{id:int}")
@permission(READ)
def person(ctx: Ctx, id: int) -> Response:
    return _person(ctx, id)


@router.post("/{id:int}/roles")
@permission(WRITE)
@fresh
def give_roles(ctx: Ctx, id: int, form: Form) -> Response:
    try:
        with ctx.writing():
            people.give_roles(ctx, id, form.parse(Roles).roles)
    except Refused as refused:
        return _person(ctx, id, refused, form.all("roles"))
    return redirect(ctx, f"/admin/staff/{id}", ctx.gettext("The roles are saved and hold at once."))


@router.post("/{id:int}/block")
@permission(WRITE)
@fresh
def block(ctx: Ctx, id: int) -> Response:
    with ctx.writing():
        people.block(ctx, id)
    return redirect(ctx, f"/admin/staff/{id}", ctx.gettext("Blocked: signed out everywhere, tokens revoked."))


@router.post("/{id:int}/unblock")
@permission(WRITE)
@fresh
def unblock(ctx: Ctx, id: int) -> Response:
    with ctx.writing():
        people.unblock(ctx, id)
    return redirect(ctx, f"/admin/staff/{id}", ctx.gettext("They may sign in again."))


@router.post("/{id:int}/reset-factor")
@permission(WRITE)
@fresh
def forget_factor(ctx: Ctx, id: int) -> Response:
    with ctx.writing():
        reset_factor(ctx, id)
    return redirect(ctx, f"/admin/staff/{id}", ctx.gettext("The second factor is forgotten; the next sign-in sets up a new one."))


@router.post("/{id:int}/sessions/end")
@permission(WRITE)
def end_sessions(ctx: Ctx, id: int) -> Response:
    with ctx.writing():
        people.end_their_sessions(ctx, id)
    return redirect(ctx, f"/admin/staff/{id}", ctx.gettext("Signed out everywhere."))


@router.post("/{id:int}/sessions/{session}/end")
@permission(WRITE)
def end_session(ctx: Ctx, id: int, session: str) -> Response:
    with ctx.writing():
        people.end_their_sessions(ctx, id, session)
    return redirect(ctx, f"/admin/staff/{id}", ctx.gettext("Signed out there."))


def _invite(
    ctx: Context, refused: Refused | None = None, sent: Mapping[str, str] | None = None, ticked: Sequence[str] = ()
) -> Response:
    with ctx.reading():
        roles = [role for role in all_roles(ctx) if covers(my_grant(ctx), grant_of_roles(ctx, [role]))]
    return render(
        ctx, "users/staff/invite.html", status=refused.status if refused else 200, roles=roles, inputs=sent or {},
        ticked=ticked, problems=refused.problems if refused else (),
    )  # fmt: skip


def _person(ctx: Context, id: int, refused: Refused | None = None, ticked: list[str] | None = None) -> Response:
    with ctx.reading():
        row = people.member(ctx, id)
        shown = next(one for one in people.colleagues(ctx) if one.id == id)
        held = [role.key for role in shown.roles]
        offered = [r for r in all_roles(ctx) if r.key in held or covers(my_grant(ctx), grant_of_roles(ctx, [r]))]
        values: dict[str, Any] = {
            "sessions": [(one, described(ctx, one.agent)) for one in sessions_of(ctx, "staff", subject_of(row))],
            "tokens": tokens(ctx, id), "roles": offered, "ticked": held if ticked is None else ticked,
            "may_write": _may_change(ctx, row), "audit": subject_of(row),
        }  # fmt: skip
    return render(
        ctx, "users/staff/person.html", status=refused.status if refused else 200, person=shown,
        problems=refused.problems if refused else (), **values,
    )  # fmt: skip


def _may_change(ctx: Context, row: Staff) -> bool:
    """Whether it makes sense to show buttons; the use cases ask for themselves."""
    return ctx.allows(WRITE) and subject_of(row) != ctx.actor.id and covers(my_grant(ctx), grant_of(ctx, row))
