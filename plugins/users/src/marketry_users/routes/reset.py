"""A forgotten password: asking for a link, and setting another one by it."""

from typing import Annotated

from fastapi import Query, Response
from starlette.concurrency import run_in_threadpool

from marketry import Context
from marketry.problems import Refused
from marketry.web import Ctx, Form, Router, public, redirect
from marketry_users.hashing import hasher
from marketry_users.inputs import Asking, Resetting
from marketry_users.limits import limit_mail, limit_token
from marketry_users.password_rules import checked_password
from marketry_users.passwords import ask_for_reset, customer_of_reset, gone, reset_password
from marketry_users.routes.answers import page

router = Router(private=True)


@router.get("/account/reset")
@public
def reset_page(ctx: Ctx, token: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Without a token the form that asks for a link, with one the form for a new password."""
    if not token:
        return page(ctx, "users/reset_ask.html", email="", asked=False)
    with ctx.reading():
        good = customer_of_reset(ctx, token) is not None
    return _set_page(ctx, token, None if good else gone(ctx))


@router.post("/account/reset")
@public
def ask(ctx: Ctx, form: Form) -> Response:
    """One answer for every address."""
    try:
        typed = form.parse(Asking).email
        limit_mail(ctx, typed.strip().lower())
        with ctx.writing():
            ask_for_reset(ctx, typed)
    except Refused as refused:
        return page(ctx, "users/reset_ask.html", refused, email=form.get("email"), asked=False)
    return page(ctx, "users/reset_ask.html", email=typed, asked=True)


@router.post("/account/reset/password")
@public
async def set_password(ctx: Ctx, form: Form) -> Response:
    try:
        typed = await run_in_threadpool(_typed, ctx, form)
        hashed = await hasher().hash(ctx, typed.password)
        return await run_in_threadpool(_done, ctx, typed.token, hashed)
    except Refused as refused:
        return await run_in_threadpool(_set_page, ctx, form.get("token"), refused)


def _typed(ctx: Context, form: Form) -> Resetting:
    """Looks before the password is hashed: a link that doesn't work costs nothing."""
    limit_token(ctx)
    typed = form.parse(Resetting)
    with ctx.reading():
        customer = customer_of_reset(ctx, typed.token)
        if customer is None:
            raise gone(ctx)
        password = checked_password(ctx, typed.password, customer.email, customer.name)
    return Resetting(token=typed.token, password=password)


def _done(ctx: Context, token: str, password: str) -> Response:
    with ctx.writing():
        reset_password(ctx, token, password)
    return redirect(ctx, "/account/sign-in", ctx.gettext("Your new password is set. Sign in with it."))


def _set_page(ctx: Context, token: str, refused: Refused | None = None) -> Response:
    good = refused is None or refused.status != 410
    return page(ctx, "users/reset_set.html", refused, good=good, token=token)
