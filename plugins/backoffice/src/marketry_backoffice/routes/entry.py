"""Signing in and out."""

from secrets import token_hex
from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from marketry.audit import audit
from marketry.context import Context
from marketry.problems import Refused
from marketry.web import Ctx, Form, Router, current_session, end_session, public, rate_limit, redirect, render, start_session
from marketry_backoffice.links import is_good, redeem_link
from marketry_backoffice.staff import subject_of

router = Router(private=True)


class LinkRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    email: Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    token: Annotated[str, StringConstraints(min_length=1, max_length=100)]


@router.get("/sign-in")
@public
def sign_in(ctx: Ctx) -> Response:
    return render(ctx, "backoffice/sign_in.html", asked=False, problems=(), email="")


@router.post("/sign-in")
@public
def ask_for_link(ctx: Ctx, form: Form) -> Response:
    """The answer is the same for every address: whether it is staff's is nobody's business."""
    try:
        email = form.parse(LinkRequest).email
        rate_limit(ctx, f"backoffice.link.from:{_client(ctx)}", "20/hour")
        rate_limit(ctx, f"backoffice.link.to:{email}", "5/hour")
    except Refused as refused:
        status, problems = refused.status, refused.problems
        return render(ctx, "backoffice/sign_in.html", status=status, asked=False, problems=problems, email=form.get("email"))
    request = token_hex(16)
    with ctx.writing():
        payload = {"email": email, "locale": ctx.locale, "request": request}
        ctx.enqueue("backoffice.mail_link", payload, key=f"backoffice.link:{request}")
    return render(ctx, "backoffice/sign_in.html", asked=True, problems=(), email=email)


@router.get("/enter")
@public
def enter(ctx: Ctx, token: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Shows a button: programs that open links in mails to look for harm send no forms, and don't use the link up."""
    with ctx.reading():
        good = is_good(ctx, token)
    return render(ctx, "backoffice/enter.html", status=200 if good else 410, good=good, token=token)


@router.post("/enter")
@public
def let_in(ctx: Ctx, form: Form) -> Response:
    token = form.parse(Entry).token
    rate_limit(ctx, f"backoffice.enter:{_client(ctx)}", "30/hour")
    response = redirect(ctx, "/admin")
    with ctx.writing():
        staff = redeem_link(ctx, token)
        if staff is not None:
            start_session(ctx, response, "staff", subject_of(staff))
            audit(ctx, "backoffice.staff.signed_in", subject_of(staff))
    return response if staff else render(ctx, "backoffice/enter.html", status=410, good=False, token="")


@router.post("/sign-out")
@public
def sign_out(ctx: Ctx) -> Response:
    response = redirect(ctx, "/admin/sign-in", ctx.gettext("You are signed out."))
    with ctx.writing():
        session = current_session(ctx, "staff")
        if session is not None:
            audit(ctx, "backoffice.staff.signed_out", session.subject)
        end_session(ctx, response, "staff")
    return response


def _client(ctx: Context) -> str:
    return ctx.request.client.host if ctx.request and ctx.request.client else "unknown"
