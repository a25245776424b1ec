"""The cards to write, for staff."""

from fastapi import Response

from marketry.web import Ctx, Form, Router, permission, redirect, render
from marketry_giftnote import cards

router = Router()


@router.get("/gift-notes")
@permission("giftnote.card.read")
def waiting(ctx: Ctx) -> Response:
    with ctx.reading():
        return render(ctx, "giftnote/cards.html", cards=cards.waiting(ctx))


@router.post("/gift-notes/{card}/written")
@permission("giftnote.card.write")
def written(ctx: Ctx, card: int, form: Form) -> Response:
    with ctx.writing():
        number = cards.write_card(ctx, card)
    return redirect(ctx, "/admin/gift-notes", ctx.gettext("The card of order %(number)s is written.", number=number))
