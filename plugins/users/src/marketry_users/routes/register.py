"""Opening an account: the form, the page that says to look into the mail, the link in it."""

from typing import Annotated

from fastapi import Query, Response
from starlette.concurrency import run_in_threadpool

from marketry import Context
from marketry.problems import Problem, Refused
from marketry.web import Ctx, Form, Router, drop_cookie, public, read_cookie, redirect, set_cookie
from marketry_users.arriving import arrive
from marketry_users.domain.passwords import normal_password
from marketry_users.hashing import hasher
from marketry_users.inputs import Following, Registering
from marketry_users.limits import limit_mail, limit_token
from marketry_users.password_rules import checked_password
from marketry_users.passwords import gone
from marketry_users.registering import VALID, Pending, open_account, pending, request_account, request_again, same_browser
from marketry_users.routes.answers import page
from marketry_users.tokens import new_token

router = Router(private=True)
BROWSER = "registering"  # a cookie with a secret: this browser asked for the account


@router.get("/account/register")
@public
def form_page(
    ctx: Ctx, email: Annotated[str, Query(max_length=254)] = "", name: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """`email` and `name` as somebody who has just bought gave them."""
    return _form(ctx, {"email": email, "name": name})


@router.post("/account/register")
@public
async def register(ctx: Ctx, form: Form) -> Response:
    """The answer, its cookies and the work are the same whether or not the address has an account."""
    try:
        wanted, password = await run_in_threadpool(_wanted, ctx, form)
        hashed = await hasher().hash(ctx, password)
        return await run_in_threadpool(_requested, ctx, wanted, hashed)
    except Refused as refused:
        return await run_in_threadpool(_form, ctx, form.values, refused)


def _wanted(ctx: Context, form: Form) -> tuple[Registering, str]:
    wanted = form.parse(Registering)
    password = checked_password(ctx, wanted.password, wanted.email, wanted.name)
    limit_mail(ctx, wanted.email)
    return wanted, password


def _requested(ctx: Context, wanted: Registering, password: str) -> Response:
    browser = new_token()
    with ctx.writing():
        request_account(ctx, wanted, password, "registration", browser)
    response = page(ctx, "users/register_sent.html", email=wanted.email, again=False)
    set_cookie(ctx, response, BROWSER, browser, max_age=int(VALID.total_seconds()))
    return response


@router.post("/account/register/again")
@public
def send_again(ctx: Ctx) -> Response:
    try:
        with ctx.writing():
            email = request_again(ctx, read_cookie(ctx, BROWSER) or "")
            if email is None:
                return redirect(ctx, "/account/register")
            limit_mail(ctx, email)
    except Refused as refused:
        return page(ctx, "users/register_sent.html", refused, email="", again=False)
    return page(ctx, "users/register_sent.html", email=email, again=True)


@router.get("/account/verify")
@public
def confirm_page(ctx: Ctx, token: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Shows a button: programs that open links in mails to look for harm send no forms, and don't use the link up."""
    with ctx.reading():
        found = pending(ctx, token)
    return _confirm(ctx, found, token, None if found else gone(ctx))


@router.post("/account/verify")
@public
async def confirm(ctx: Ctx, form: Form) -> Response:
    """One click in the browser that asked; elsewhere also the password, so that nobody confirms what a stranger began."""
    followed, found = await run_in_threadpool(_followed, ctx, form)
    if found is None:
        return await run_in_threadpool(_confirm, ctx, None, "", gone(ctx))
    try:
        if not same_browser(found, read_cookie(ctx, BROWSER)):
            right = await hasher().matches(ctx, normal_password(followed.password), found.password)
            if not right:
                message = ctx.gettext("This is not the password that you chose when you registered.")
                raise Refused(Problem("wrong_password", message, "password"))
        return await run_in_threadpool(_opened, ctx, found)
    except Refused as refused:
        return await run_in_threadpool(_confirm, ctx, found, followed.token, refused)


def _followed(ctx: Context, form: Form) -> tuple[Following, Pending | None]:
    limit_token(ctx)
    followed = form.parse(Following)
    with ctx.reading():
        return followed, pending(ctx, followed.token)


def _opened(ctx: Context, found: Pending) -> Response:
    response = redirect(ctx, "/account", ctx.gettext("Welcome. Your account is ready."))
    with ctx.writing():
        customer = open_account(ctx, found.id)
        if customer is None:
            raise gone(ctx)
        arrive(ctx, customer, response)
    drop_cookie(ctx, response, BROWSER)
    return response


def _confirm(ctx: Context, found: Pending | None, token: str, refused: Refused | None) -> Response:
    good = found is not None and (refused is None or refused.status != 410)
    known = good and found is not None and same_browser(found, read_cookie(ctx, BROWSER))
    return page(ctx, "users/verify.html", refused, good=good, token=token, one_click=known, email=found.email if found else "")


def _form(ctx: Context, values: dict[str, str], refused: Refused | None = None) -> Response:
    return page(ctx, "users/register.html", refused, values=values)
