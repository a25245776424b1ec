"""What a gift note is, for buyers."""

from fastapi import Response

from marketry import Money
from marketry.web import Ctx, Router, public, render
from marketry_giftnote.settings import GiftNoteSettings

router = Router()


@router.get("/gift-notes")
@public
def about(ctx: Ctx) -> Response:
    minor = ctx.settings(GiftNoteSettings).prices.get(ctx.currency, 0)
    return render(ctx, "giftnote/about.html", price=Money(minor, ctx.currency))
