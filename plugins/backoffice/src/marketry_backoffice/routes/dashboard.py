"""Dashboard, search, design."""

from typing import Annotated

from fastapi import Query, Response

from marketry.hookspecs.admin import admin_search
from marketry.web import Ctx, Router, permission, render
from marketry.web.design import samples
from marketry_backoffice.dashboard import drawn_cards

router = Router(private=True)


@router.get("")
@permission("backoffice.dashboard.read")
def dashboard(ctx: Ctx) -> Response:
    with ctx.reading():
        return render(ctx, "backoffice/dashboard.html", cards=drawn_cards(ctx))


@router.get("/search")
@permission("backoffice.dashboard.read")
def search(ctx: Ctx, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    q = q.strip()
    with ctx.reading():
        answers = ctx.hooks.each(admin_search, ctx, q) if q else []
    hits = [hit for answer in answers for hit in answer.value]
    return render(ctx, "backoffice/search.html", fragment="hits", q=q, hits=hits)


@router.get("/design")
@permission("backoffice.system.read")
def design(ctx: Ctx) -> Response:
    """Every component of the shop and of the back office, as staff see them."""
    return render(ctx, "admin/design.html", **samples(ctx))


@router.get("/design/shop")
@permission("backoffice.system.read")
def design_of_shop(ctx: Ctx) -> Response:
    """The same components in the theme of the shop."""
    return render(ctx, "admin/design_shop.html", **samples(ctx))
