"""Signing in and out."""

from typing import Annotated

from fastapi import Query, Response
from starlette.concurrency import run_in_threadpool

from marketry import Context
from marketry.commerce.cart_desk import CartDesk
from marketry.problems import Refused
from marketry.web import Ctx, Form, Router, current_session, end_session, hint, public, redirect, render
from marketry.web.landing import own_path
from marketry.web.values import ActorKind
from marketry_users.arriving import ISLAND, arrive
from marketry_users.hashing import hasher
from marketry_users.inputs import SignInForm
from marketry_users.routes.answers import page
from marketry_users.signing_in import Attempt, admitted, attempt

router = Router(private=True)
HOME = "/account"


@router.get("/account/sign-in")
@public
def sign_in_page(ctx: Ctx, next: Annotated[str, Query(max_length=2_000)] = "") -> Response:
    if ctx.actor.kind is ActorKind.CUSTOMER:
        return redirect(ctx, own_path(next, HOME))
    return _page(ctx, next)


@router.post("/account/sign-in")
@public
async def sign_in(ctx: Ctx, form: Form) -> Response:
    """Waits for the password's turn without holding a worker thread: see `hashing`."""
    landing = own_path(form.get("next"), HOME)
    try:
        hasher().demand_room(ctx)
        tried = await run_in_threadpool(attempt, ctx, form.parse(SignInForm))
        right = await hasher().matches(ctx, tried.password, tried.stored)
        return await run_in_threadpool(_arrived, ctx, tried, right, landing)
    except Refused as refused:
        return await run_in_threadpool(_page, ctx, form.get("next"), form.get("email"), refused)


def _arrived(ctx: Context, tried: Attempt, right: bool, landing: str) -> Response:
    response = redirect(ctx, landing)
    with ctx.writing():
        arrive(ctx, admitted(ctx, tried, right), response)
    return response


def _page(ctx: Context, next: str, email: str = "", refused: Refused | None = None) -> Response:
    sells = ctx.service(CartDesk) is not None  # type: ignore[type-abstract]
    return page(ctx, "users/sign_in.html", refused, next=own_path(next, ""), email=email, sells=sells)


@router.post("/account/sign-out")
@public
def sign_out(ctx: Ctx) -> Response:
    response = redirect(ctx, "/account/sign-in", ctx.gettext("You are signed out."))
    with ctx.writing():
        if current_session(ctx, "customer") is not None:
            end_session(ctx, response, "customer")
    hint(ctx, response, ISLAND, present=False)
    return response


@router.get("/account/badge")
@public
def badge(ctx: Ctx) -> Response:
    """The island in the header: the initial of who is signed in."""
    name = ctx.actor.name if ctx.actor.kind is ActorKind.CUSTOMER else ""
    return render(ctx, "users/badge.html", name=name)
