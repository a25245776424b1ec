"""Mails: what was sent or kept, with a look at each."""

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import Query, Response
from fastapi.responses import HTMLResponse

from marketry.problems import not_found
from marketry.web import Ctx, Router, permission, redirect, render
from marketry_backoffice import mails as post

router = Router(private=True)
READ, WRITE = "backoffice.outbox.read", "backoffice.outbox.write"

# A mail's own document: inline styles and pictures, but no script, no form, no frame, and no origin of its own.
PREVIEW_CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data: https:; frame-ancestors 'self'; sandbox"


@router.get("/outbox/mails")
@permission(READ)
def mails(
    ctx: Ctx, state: Literal["", "queued", "sent", "kept", "refused"] = "",
    recipient: Annotated[str, Query(max_length=320)] = "", cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:  # fmt: skip
    with ctx.reading():
        page = post.mails(ctx, state, recipient.strip(), cursor)
    query = urlencode({"state": state, "recipient": recipient.strip()})
    return render(
        ctx, "backoffice/mails.html", page=page, state=state, states=post.STATES, recipient=recipient,
        here=f"/admin/outbox/mails?{query}",
    )  # fmt: skip


@router.get("/outbox/mails/{mail:int}")
@permission(READ)
def one(ctx: Ctx, mail: int) -> Response:
    with ctx.reading():
        found = post.find_mail(ctx, mail)
        may_send = ctx.allows(WRITE) and found.state != "queued"
        return render(
            ctx, "backoffice/mail.html", mail=found, may_send=may_send,
            confidential=post.is_confidential(found), hidden=post.is_hidden(ctx, found),
        )  # fmt: skip


@router.post("/outbox/mails/{mail:int}/send")
@permission(WRITE)
def send_again(ctx: Ctx, mail: int) -> Response:
    with ctx.writing():
        post.send_again(ctx, mail)
    return redirect(ctx, f"/admin/outbox/mails/{mail}", ctx.gettext("The mail is queued once more."))


@router.get("/outbox/mails/{mail:int}/html")
@permission(READ)
def preview(ctx: Ctx, mail: int) -> Response:
    """The mail's HTML alone, for the frame on its page."""
    with ctx.reading():
        found = post.find_mail(ctx, mail)
    if post.is_hidden(ctx, found):
        raise not_found(ctx.gettext("There is no such mail."))
    headers = {"Content-Security-Policy": PREVIEW_CSP, "X-Frame-Options": "SAMEORIGIN"}
    return HTMLResponse(found.html, headers=headers)
