"""What shoppers wish for, for staff."""

from fastapi import Response

from marketry.web import Ctx, Router, permission, render
from marketry_wishlist.insight import READ, most_wished

router = Router()
MOST = 100


@router.get("/wishes")
@permission(READ)
def wishes(ctx: Ctx) -> Response:
    with ctx.reading():
        return render(ctx, "wishlist/admin/wishes.html", top=most_wished(ctx, MOST))
