"""No more news: the link at the foot of mails."""

from typing import Annotated

from fastapi import Query, Response

from marketry.web import Ctx, Router, public, render
from marketry_users.unsubscribing import recipient_of, unsubscribe

router = Router()


@router.get("/newsletter/unsubscribe")
@public
def page(ctx: Ctx, token: Annotated[str, Query(max_length=300)] = "") -> Response:
    """Shows a button: programs that open links in mails to look for harm would unsubscribe people."""
    ctx.personal = True
    with ctx.reading():
        found = recipient_of(ctx, token) is not None
    return render(ctx, "users/unsubscribe.html", status=200 if found else 404, found=found, done=False, token=token)


@router.post("/newsletter/unsubscribe")
@public
def stop(ctx: Ctx, token: Annotated[str, Query(max_length=300)] = "") -> Response:
    """Also what mail programs send by themselves (`List-Unsubscribe=One-Click`): the signed token in the address is the proof."""
    with ctx.writing():
        done = unsubscribe(ctx, token)
    return render(ctx, "users/unsubscribe.html", status=200 if done else 404, found=done, done=done, token="")
