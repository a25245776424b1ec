"""Accepting an invitation: a name, a password, and then the second step."""

from typing import Annotated

from fastapi import Query, Response
from starlette.concurrency import run_in_threadpool

from marketry import Context
from marketry.problems import Refused
from marketry.web import Ctx, Form, Router, network, public, rate_limit, render
from marketry_backoffice.api import admit
from marketry_users.hashing import hasher
from marketry_users.password_rules import checked_password
from marketry_users.routes.staff.asked import Joining
from marketry_users.staff.inviting import accept, gone, invitation_by
from marketry_users.staff.roles import chosen_roles

router = Router(private=True, prefix="/invitation")


@router.get("")
@public
def invitation(ctx: Ctx, token: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Looking doesn't use it up."""
    return _page(ctx, token)


@router.post("")
@public
async def join(ctx: Ctx, form: Form) -> Response:
    """`async`, so that no worker thread waits for the password's hash."""
    token = form.get("token")
    try:
        asked = form.parse(Joining)
        password = await run_in_threadpool(_checked, ctx, asked)
        stored = await hasher().hash(ctx, password)
        return await run_in_threadpool(_joined, ctx, asked, stored)
    except Refused as refused:
        return await run_in_threadpool(_page, ctx, token, form.get("name"), refused)


def _checked(ctx: Context, asked: Joining) -> str:
    rate_limit(ctx, f"users.invitation.from:{network(ctx)}", "60/hour")
    with ctx.reading():
        row = invitation_by(ctx, asked.token)
    if row is None:
        raise gone(ctx)
    return checked_password(ctx, asked.password, row.email, asked.name)


def _joined(ctx: Context, asked: Joining, stored: str) -> Response:
    with ctx.writing():
        return admit(ctx, accept(ctx, asked.token, asked.name, stored), "/admin", "invitation")


def _page(ctx: Context, token: str, name: str = "", refused: Refused | None = None) -> Response:
    with ctx.reading():
        row = invitation_by(ctx, token)
        roles = [role.name for role in chosen_roles(ctx, row.roles)] if row else []
    status = refused.status if refused else 200 if row else 410
    return render(
        ctx, "users/staff/invitation.html", status=status, invitation=row, roles=roles, token=token, name=name,
        problems=refused.problems if refused and row else (),
    )  # fmt: skip
