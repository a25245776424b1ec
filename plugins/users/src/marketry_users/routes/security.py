"""Password, address and sessions of one's own account."""

from typing import Annotated

from fastapi import Query, Response
from starlette.concurrency import run_in_threadpool

from marketry import Context
from marketry.problems import Refused, not_found
from marketry.web import Ctx, Form, Router, customers_only, end_session, hint, public, redirect
from marketry.web.sessions import end_other_sessions, end_session_of, end_sessions_of, sessions_of, start_session
from marketry.web.values import ActorKind
from marketry_users.arriving import ISLAND
from marketry_users.customers import own
from marketry_users.domain.devices import device
from marketry_users.emails import ask_for_new_email, confirm_new_email
from marketry_users.hashing import hasher
from marketry_users.inputs import ChangingEmail, ChangingPassword
from marketry_users.limits import limit_mail
from marketry_users.links import customer_behind
from marketry_users.password_rules import checked_password
from marketry_users.passwords import change_password, gone
from marketry_users.proving import is_own_link, prove, prove_new_email
from marketry_users.routes.answers import page

router = Router(private=True)
HERE = "/account/security"


@router.get("/account/security")
@customers_only
def security(ctx: Ctx) -> Response:
    return _page(ctx)


def _page(ctx: Context, refused: Refused | None = None, part: str = "", email: str = "") -> Response:
    """`part` is the form that was refused: `password` or `email`."""
    with ctx.reading():
        customer, sessions = own(ctx), sessions_of(ctx, "customer", ctx.actor.id)
    return page(ctx, "users/security.html", refused, customer=customer, sessions=sessions, device=device, part=part, email=email)


@router.post("/account/security/password")
@customers_only
async def new_password(ctx: Ctx, form: Form) -> Response:
    try:
        typed = form.parse(ChangingPassword)
        await prove(ctx, typed.current, "current")
        password = await run_in_threadpool(_checked, ctx, typed.password)
        hashed = await hasher().hash(ctx, password)
        return await run_in_threadpool(_changed, ctx, hashed)
    except Refused as refused:
        return await run_in_threadpool(_page, ctx, refused, "password")


def _checked(ctx: Context, typed: str) -> str:
    with ctx.reading():
        customer = own(ctx)
    return checked_password(ctx, typed, customer.email, customer.name)


def _changed(ctx: Context, password: str) -> Response:
    """All sessions end; this browser gets a new one, under an id that nobody has seen."""
    response = redirect(ctx, HERE, ctx.gettext("Your new password is set. You are signed out on all other devices."))
    with ctx.writing():
        change_password(ctx, own(ctx), password)
        start_session(ctx, response, "customer", ctx.actor.id)
    return response


@router.post("/account/security/email")
@customers_only
async def new_email(ctx: Ctx, form: Form) -> Response:
    try:
        typed = form.parse(ChangingEmail)
        await prove(ctx, typed.password)
        await run_in_threadpool(_asked, ctx, typed.email)
        message = ctx.gettext("Look into the mail of your new address: the link in it makes the change.")
        return await run_in_threadpool(redirect, ctx, HERE, message)
    except Refused as refused:
        return await run_in_threadpool(_page, ctx, refused, "email", form.get("email"))


def _asked(ctx: Context, email: str) -> None:
    limit_mail(ctx, email)
    with ctx.writing():
        ask_for_new_email(ctx, own(ctx), email)


@router.get("/account/email")
@public
def confirm_page(ctx: Ctx, token: Annotated[str, Query(max_length=200)] = "") -> Response:
    with ctx.reading():
        customer = customer_behind(ctx, token, "change_email")
    return _follow(ctx, token, is_own_link(ctx, customer), None if customer else gone(ctx))


def _follow(ctx: Context, token: str, own: bool, refused: Refused | None = None) -> Response:
    good = refused is None or refused.status != 410
    return page(ctx, "users/email_confirm.html", refused, good=good, token=token, one_click=own)


@router.post("/account/email")
@public
async def confirm(ctx: Ctx, form: Form) -> Response:
    """One click where the account is signed in; elsewhere also its password, so that nobody confirms for a stranger."""
    token = form.get("token")[:200]
    try:
        await prove_new_email(ctx, token, form.get("password")[:1_000])
        return await run_in_threadpool(_confirmed, ctx, token)
    except Refused as refused:
        return await run_in_threadpool(_follow, ctx, token, False, refused)


def _confirmed(ctx: Context, token: str) -> Response:
    signed_in = ctx.actor.kind is ActorKind.CUSTOMER
    response = redirect(ctx, HERE if signed_in else "/account/sign-in", ctx.gettext("Your new address is confirmed."))
    with ctx.writing():
        customer = confirm_new_email(ctx, token)
        if is_own_link(ctx, customer.id):
            start_session(ctx, response, "customer", customer.id)
        else:
            end_sessions_of(ctx, "customer", customer.id)
    return response


@router.post("/account/security/sessions/{session}/end")
@customers_only
def end_one(ctx: Ctx, session: str) -> Response:
    with ctx.writing():
        if not end_session_of(ctx, "customer", ctx.actor.id, session):
            raise not_found(ctx.gettext("This device is signed out already."))
    return redirect(ctx, HERE, ctx.gettext("That device is signed out."))


@router.post("/account/security/sessions/end-others")
@customers_only
def end_others(ctx: Ctx) -> Response:
    with ctx.writing():
        count = end_other_sessions(ctx, "customer", ctx.actor.id)
    return redirect(ctx, HERE, ctx.ngettext("One other device is signed out.", "%(n)s other devices are signed out.", count))


@router.post("/account/security/sessions/end-all")
@customers_only
def end_all(ctx: Ctx) -> Response:
    response = redirect(ctx, "/account/sign-in", ctx.gettext("You are signed out everywhere."))
    with ctx.writing():
        end_sessions_of(ctx, "customer", ctx.actor.id)
        end_session(ctx, response, "customer")
    hint(ctx, response, ISLAND, present=False)
    return response
