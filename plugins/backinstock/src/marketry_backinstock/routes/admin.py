"""What shoppers wait for, for staff."""

from fastapi import Response

from marketry.web import Ctx, Router, permission, render
from marketry_backinstock.demand import READ, demand

router = Router()


@router.get("/awaited")
@permission(READ)
def awaited(ctx: Ctx) -> Response:
    with ctx.reading():
        return render(ctx, "backinstock/admin/awaited.html", rows=demand(ctx))
