"""Staff, roles and tokens over JSON, by the same use cases and rules as the pages."""

from typing import Any

from starlette.responses import JSONResponse, Response

from marketry import Context
from marketry.web import Ctx, Router, fresh, permission
from marketry_users.routes.staff.asked import Invited, RoleAsked, Roles, TokenAsked
from marketry_users.staff import people
from marketry_users.staff.catalogue import sections
from marketry_users.staff.inviting import invitations, invite, invite_again, revoke_invitation
from marketry_users.staff.json_views import colleague_json, invitation_json, role_json, token_json
from marketry_users.staff.resetting import reset_factor
from marketry_users.staff.roles import all_roles, delete_role, role, save_role
from marketry_users.staff.tokens import make_token, revoke_token, tokens

router = Router(prefix="/admin", tags=["staff: people, roles, tokens"])


@router.get("/staff")
@permission("users.staff.read")
def staff(ctx: Ctx) -> dict[str, Any]:
    with ctx.reading():
        return {"items": [colleague_json(one) for one in people.colleagues(ctx)], "next_cursor": None}


@router.get("/staff/{id}")
@permission("users.staff.read")
def one_of_staff(ctx: Ctx, id: int) -> dict[str, Any]:
    return _one(ctx, id)


@router.put("/staff/{id}/roles")
@permission("users.staff.write")
@fresh
def give_roles(ctx: Ctx, id: int, body: Roles) -> dict[str, Any]:
    with ctx.writing():
        people.give_roles(ctx, id, body.roles)
    return _one(ctx, id)


@router.post("/staff/{id}/block")
@permission("users.staff.write")
@fresh
def block(ctx: Ctx, id: int) -> dict[str, Any]:
    with ctx.writing():
        people.block(ctx, id)
    return _one(ctx, id)


@router.post("/staff/{id}/unblock")
@permission("users.staff.write")
@fresh
def unblock(ctx: Ctx, id: int) -> dict[str, Any]:
    with ctx.writing():
        people.unblock(ctx, id)
    return _one(ctx, id)


@router.post("/staff/{id}/reset-factor")
@permission("users.staff.write")
@fresh
def forget_factor(ctx: Ctx, id: int) -> dict[str, Any]:
    with ctx.writing():
        reset_factor(ctx, id)
    return _one(ctx, id)


@router.delete("/staff/{id}/sessions", status_code=204)
@permission("users.staff.write")
def end_sessions(ctx: Ctx, id: int) -> Response:
    with ctx.writing():
        people.end_their_sessions(ctx, id)
    return Response(status_code=204)


@router.get("/staff/invitations")
@permission("users.staff.read")
def open_invitations(ctx: Ctx) -> dict[str, Any]:
    with ctx.reading():
        return {"items": [invitation_json(one, ctx.now()) for one in invitations(ctx)], "next_cursor": None}


@router.post("/staff/invitations", status_code=201)
@permission("users.staff.write")
@fresh
def send_invitation(ctx: Ctx, body: Invited) -> dict[str, Any]:
    with ctx.writing():
        return invitation_json(invite(ctx, body.email, body.roles, body.locale), ctx.now())


@router.post("/staff/invitations/{invitation}/resend", status_code=204)
@permission("users.staff.write")
@fresh
def resend(ctx: Ctx, invitation: str) -> Response:
    with ctx.writing():
        invite_again(ctx, invitation)
    return Response(status_code=204)


@router.delete("/staff/invitations/{invitation}", status_code=204)
@permission("users.staff.write")
def revoke(ctx: Ctx, invitation: str) -> Response:
    with ctx.writing():
        revoke_invitation(ctx, invitation)
    return Response(status_code=204)


@router.get("/roles")
@permission("users.role.read")
def roles(ctx: Ctx) -> dict[str, Any]:
    """Also what roles can be made of: `permissions` and `limits` of every plugin."""
    _ = ctx.gettext
    with ctx.reading():
        items = [role_json(one) for one in all_roles(ctx)]
    parts = sections(ctx)
    return {
        "items": items,
        "next_cursor": None,
        "permissions": [{"code": p.code, "label": _(p.label)} for part in parts for p in part.permissions],
        "limits": [{"code": one.code, "title": _(one.title), "kind": one.kind} for part in parts for one in part.limits],
    }


@router.get("/roles/{key}")
@permission("users.role.read")
def one_role(ctx: Ctx, key: str) -> dict[str, Any]:
    with ctx.reading():
        return role_json(role(ctx, key))


@router.post("/roles", status_code=201)
@permission("users.role.write")
@fresh
def make_role(ctx: Ctx, body: RoleAsked) -> dict[str, Any]:
    with ctx.writing():
        return role_json(role(ctx, save_role(ctx, None, body.name, body.note, body.permissions, body.limits)))


@router.put("/roles/{key}")
@permission("users.role.write")
@fresh
def change_role(ctx: Ctx, key: str, body: RoleAsked) -> dict[str, Any]:
    with ctx.writing():
        return role_json(role(ctx, save_role(ctx, key, body.name, body.note, body.permissions, body.limits)))


@router.delete("/roles/{key}", status_code=204)
@permission("users.role.write")
@fresh
def remove_role(ctx: Ctx, key: str) -> Response:
    with ctx.writing():
        delete_role(ctx, key)
    return Response(status_code=204)


@router.get("/tokens")
@permission("users.token.read")
def all_tokens(ctx: Ctx) -> dict[str, Any]:
    with ctx.reading():
        return {"items": [token_json(one) for one in tokens(ctx)], "next_cursor": None}


@router.post("/tokens", status_code=201)
@permission("users.token.write")
@fresh
def make(ctx: Ctx, body: TokenAsked) -> JSONResponse:
    """`token` is in this answer and nowhere else. Only for people who are signed in: 403 `session_required` for a token."""
    with ctx.writing():
        made, secret = make_token(ctx, body.name, body.permissions, body.days)
    return JSONResponse({"id": made, "token": secret}, 201)


@router.delete("/tokens/{token}", status_code=204)
@permission("users.token.write")
def revoke_one(ctx: Ctx, token: str) -> Response:
    with ctx.writing():
        revoke_token(ctx, token)
    return Response(status_code=204)


def _one(ctx: Context, id: int) -> dict[str, Any]:
    with ctx.reading():
        people.member(ctx, id)
        return colleague_json(next(one for one in people.colleagues(ctx) if one.id == id))
