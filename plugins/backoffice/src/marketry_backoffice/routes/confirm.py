"""Proving oneself again before something dangerous."""

from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from marketry.audit import audit
from marketry.context import Context
from marketry.problems import Problem, Refused
from marketry.web import Ctx, Form, Router, current_session, rate_limit, redirect, render, staff_only
from marketry.web.freshness import prove
from marketry_backoffice.guard import staff_guard
from marketry_backoffice.mails import is_tried_out
from marketry_backoffice.models import Staff
from marketry_backoffice.places import office_place
from marketry_backoffice.routes.entry import send_link
from marketry_backoffice.staff import staff_id

router = Router(private=True, prefix="/confirm")
Secret = Annotated[str, StringConstraints(max_length=1000)]


class Proof(BaseModel):
    model_config = ConfigDict(extra="forbid")
    password: Secret = ""
    code: Secret = ""
    next: Annotated[str, StringConstraints(max_length=500)] = ""


class FreshLink(BaseModel):
    model_config = ConfigDict(extra="forbid")
    next: Annotated[str, StringConstraints(max_length=500)] = ""


@router.get("")
@staff_only
def confirm(ctx: Ctx, next: Annotated[str, Query(max_length=500)] = "") -> Response:
    return _page(ctx, office_place(next))


@router.post("")
@staff_only
def confirmed(ctx: Ctx, form: Form) -> Response:
    proof = form.parse(Proof)
    guard, me = staff_guard(ctx), staff_id(ctx.actor.id)
    way, secret = ("code", proof.code) if proof.code else ("password", proof.password)
    try:
        if guard is None or way not in guard.ways_to_confirm(ctx, me) or not guard.confirm(ctx, me, way, secret):
            message = ctx.gettext("That is not right.")
            raise Refused(Problem("not_confirmed", message, way))
    except Refused as refused:
        return _page(ctx, office_place(proof.next), refused)
    with ctx.writing():
        prove(ctx)
        audit(ctx, "backoffice.staff.confirmed", ctx.actor.id, way=way)
    return redirect(ctx, office_place(proof.next))


@router.post("/link")
@staff_only
def by_link(ctx: Ctx, form: Form) -> Response:
    """Mail a fresh link; entering by it is the proof."""
    going = form.parse(FreshLink).next
    with ctx.reading():
        staff = ctx.session.get(Staff, staff_id(ctx.actor.id))
    if staff is not None and current_session(ctx, "staff") is not None:
        rate_limit(ctx, f"backoffice.link.to:{staff.email}", "5/hour")
        send_link(ctx, staff.email, going)
    return _page(ctx, office_place(going), asked=True)


def _page(ctx: Context, next: str, refused: Refused | None = None, *, asked: bool = False) -> Response:
    guard = staff_guard(ctx)
    ways = guard.ways_to_confirm(ctx, staff_id(ctx.actor.id)) if guard else frozenset()
    return render(
        ctx, "backoffice/confirm.html", status=refused.status if refused else 200, ways=ways, next=next, asked=asked,
        problems=refused.problems if refused else (), tried_out=is_tried_out(ctx) and ctx.allows("*"),
    )  # fmt: skip
