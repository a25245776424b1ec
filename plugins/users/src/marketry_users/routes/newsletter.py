"""News for those who have no account: the form, the page that says to look into the mail, the link in it."""

from typing import Annotated

from fastapi import Query, Response

from marketry.problems import Refused
from marketry.web import Ctx, Form, Router, public
from marketry_users.inputs import Subscribing
from marketry_users.limits import limit_mail, limit_token
from marketry_users.newsletter import ask_for_news, subscribe, wanted_by
from marketry_users.passwords import gone
from marketry_users.routes.answers import page

router = Router()


@router.get("/newsletter")
@public
def form_page(ctx: Ctx) -> Response:
    ctx.personal = True
    return page(ctx, "users/newsletter.html", email="", sent=False)


@router.post("/newsletter")
@public
def ask(ctx: Ctx, form: Form) -> Response:
    """Also what the band on the home page sends, which is kept for all and holds no token: the kernel's check of origins guards
    it. The answer is the same whether or not the address gets news already."""
    ctx.personal = True
    try:
        email = form.parse(Subscribing).email
        limit_mail(ctx, email)
        with ctx.writing():
            ask_for_news(ctx, email)
    except Refused as refused:
        return page(ctx, "users/newsletter.html", refused, email=form.get("email"), sent=False)
    return page(ctx, "users/newsletter.html", email=email, sent=True)


@router.get("/newsletter/confirm")
@public
def confirm_page(ctx: Ctx, token: Annotated[str, Query(max_length=600)] = "") -> Response:
    """Shows a button: programs that open links in mails to look for harm would subscribe people."""
    ctx.personal = True
    wanted = wanted_by(ctx, token)
    refused = None if wanted else gone(ctx)
    return page(ctx, "users/newsletter_confirm.html", refused, email=wanted.email if wanted else "", token=token, done=False)


@router.post("/newsletter/confirm")
@public
def confirm(ctx: Ctx, form: Form) -> Response:
    ctx.personal = True
    limit_token(ctx)
    wanted = wanted_by(ctx, form.get("token"))
    if wanted is None:
        return page(ctx, "users/newsletter_confirm.html", gone(ctx), email="", token="", done=False)
    with ctx.writing():
        subscribe(ctx, wanted)
    return page(ctx, "users/newsletter_confirm.html", email=wanted.email, token="", done=True)
