"""Tokens for programs."""

from collections.abc import Mapping, Sequence

from fastapi import Response

from marketry import Context
from marketry.problems import Refused
from marketry.web import Ctx, Form, Router, fresh, permission, redirect, render
from marketry_users.routes.staff.asked import TokenAsked
from marketry_users.settings import UserSettings
from marketry_users.staff.catalogue import sections
from marketry_users.staff.tokens import make_token, revoke_token, tokens

router = Router(private=True, prefix="/tokens")
READ, WRITE = "users.token.read", "users.token.write"


@router.get("")
@permission(READ)
def all_tokens(ctx: Ctx) -> Response:
    with ctx.reading():
        listed = tokens(ctx)
    return render(ctx, "users/staff/tokens.html", tokens=listed, may_write=ctx.allows(WRITE))


@router.get("/new")
@permission(WRITE)
@fresh
def new_token(ctx: Ctx) -> Response:
    return _form(ctx)


@router.post("/new")
@permission(WRITE)
@fresh
def make(ctx: Ctx, form: Form) -> Response:
    """The token is in this answer and nowhere else."""
    try:
        asked = form.parse(TokenAsked)
        with ctx.writing():
            _, secret = make_token(ctx, asked.name, asked.permissions, asked.days)
    except Refused as refused:
        return _form(ctx, refused, form.values, form.all("permissions"))
    return render(ctx, "users/staff/token_made.html", secret=secret, name=asked.name, days=asked.days)


@router.post("/{token}/revoke")
@permission(WRITE)
def revoke(ctx: Ctx, token: str) -> Response:
    with ctx.writing():
        revoke_token(ctx, token)
    return redirect(ctx, "/admin/tokens", ctx.gettext("The token is revoked."))


def _form(
    ctx: Context, refused: Refused | None = None, sent: Mapping[str, str] | None = None, ticked: Sequence[str] = ()
) -> Response:
    offered = [(s.title, [p for p in s.permissions if ctx.allows(p.code)]) for s in sections(ctx)]
    return render(
        ctx, "users/staff/token.html", status=refused.status if refused else 200, inputs=sent or {"days": "90"},
        ticked=ticked, sections=[(title, kept) for title, kept in offered if kept],
        most=ctx.settings(UserSettings).token_days, problems=refused.problems if refused else (),
    )  # fmt: skip
