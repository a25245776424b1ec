"""Signing in and out."""

from secrets import token_hex
from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.concurrency import run_in_threadpool

from marketry.audit import audit
from marketry.context import Context
from marketry.problems import Problem, Refused
from marketry.web import Ctx, Form, FormValues, Router, current_session, end_session, public, rate_limit, redirect, render
from marketry_backoffice.guard import staff_guard
from marketry_backoffice.links import is_good, redeem_link
from marketry_backoffice.models import Staff
from marketry_backoffice.places import office_place
from marketry_backoffice.signing_in import admit

router = Router(private=True)
Address = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
Place = Annotated[str, StringConstraints(max_length=500)]
Next = Annotated[str, Query(max_length=500)]


class LinkRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    email: Address
    next: Place = ""


class PasswordEntry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    email: Address
    password: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    next: Place = ""


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    token: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    next: Place = ""


@router.get("/sign-in")
@public
def sign_in(ctx: Ctx, next: Next = "") -> Response:
    return _page(ctx, next=office_place(next))


@router.post("/sign-in")
@public
def ask_for_link(ctx: Ctx, form: Form) -> Response:
    """The answer is the same for every address: whether it is staff's is nobody's business."""
    try:
        wanted = form.parse(LinkRequest)
        rate_limit(ctx, f"backoffice.link.from:{client_of(ctx)}", "20/hour")
        rate_limit(ctx, f"backoffice.link.to:{wanted.email}", "5/hour")
    except Refused as refused:
        return _page(ctx, form, refused, link=True)
    send_link(ctx, wanted.email, wanted.next)
    return _page(ctx, asked=True, email=wanted.email, next=office_place(wanted.next))


@router.post("/sign-in/password")
@public
async def by_password(ctx: Ctx, form: Form) -> Response:
    """A wrong password and an unknown address are one answer, after the same time. `async`, so that no worker thread waits
    for the hash."""
    guard = staff_guard(ctx)
    if guard is None:
        return await run_in_threadpool(redirect, ctx, "/admin/sign-in")
    try:
        given = form.parse(PasswordEntry)
        found = await guard.check_password(ctx, given.email, given.password)
        if found is None:
            raise Refused(Problem("wrong_password", ctx.gettext("The address or the password is wrong."), "password"))
    except Refused as refused:
        return await run_in_threadpool(_page, ctx, form, refused)
    return await run_in_threadpool(_admit, ctx, found, given.next)


def _admit(ctx: Context, found: int, next: str) -> Response:
    with ctx.writing():
        staff = ctx.session.get(Staff, found)
        return admit(ctx, staff, next, "password") if staff and staff.active else redirect(ctx, "/admin/sign-in")


@router.get("/enter")
@public
def enter(ctx: Ctx, token: Annotated[str, Query(max_length=100)] = "", next: Next = "") -> Response:
    """Shows a button: programs that open links in mails to look for harm send no forms, and don't use the link up."""
    with ctx.reading():
        good = is_good(ctx, token)
    status = 200 if good else 410
    return render(ctx, "backoffice/enter.html", status=status, good=good, token=token, next=office_place(next))


@router.post("/enter")
@public
def let_in(ctx: Ctx, form: Form) -> Response:
    entry = form.parse(Entry)
    rate_limit(ctx, f"backoffice.enter:{client_of(ctx)}", "30/hour")
    with ctx.writing():
        staff = redeem_link(ctx, entry.token)
        if staff is not None:
            return admit(ctx, staff, entry.next, "link")
    return render(ctx, "backoffice/enter.html", status=410, good=False, token="", next="")


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


def send_link(ctx: Context, email: str, next: str) -> None:
    """Mail a link to `email`, if it is staff's: that is found out by the job."""
    request = token_hex(16)
    with ctx.writing():
        payload = {"email": email, "locale": ctx.locale, "request": request, "next": office_place(next)}
        ctx.enqueue("backoffice.mail_link", payload, key=f"backoffice.link:{request}")


def client_of(ctx: Context) -> str:
    return ctx.request.client.host if ctx.request and ctx.request.client else "unknown"


def _page(
    ctx: Context, form: FormValues | None = None, refused: Refused | None = None, *, asked: bool = False, link: bool = False,
    email: str = "", next: str = "",
) -> Response:  # fmt: skip
    """`link`: the refusal is about the form for a link, not the one with the password."""
    return render(
        ctx, "backoffice/sign_in.html", status=refused.status if refused else 200, asked=asked, link=link or asked,
        problems=refused.problems if refused else (), email=form.get("email") if form else email,
        next=office_place(form.get("next")) if form else next, by_password=staff_guard(ctx) is not None,
    )  # fmt: skip
