"""Stock in the back office: levels, adjustments, the log of movements."""

from typing import Any

from starlette.responses import Response

from marketry import Context, Refused
from marketry.database import in_locale
from marketry.web import Ctx, Form, Router, permission, redirect, render
from marketry_catalog.editing.adjusting import AdjustmentForm, adjust_stock
from marketry_catalog.queries import admin
from marketry_catalog.settings import CatalogSettings

router = Router()
READ, WRITE = "catalog.stock.read", "catalog.stock.write"


@router.get("/stock")
@permission(READ)
def stock(ctx: Ctx, q: str = "", low: bool = False, sku: str = "", cursor: str | None = None) -> Response:
    with ctx.reading():
        return _page(ctx, q, low, cursor, {"sku": sku})


@router.post("/stock")
@permission(WRITE)
def adjust(ctx: Ctx, form: Form) -> Response:
    try:
        with ctx.writing():
            adjust_stock(ctx, form.parse(AdjustmentForm))
    except Refused as refused:
        with ctx.reading():
            return _page(ctx, "", False, None, form.values, refused)
    return redirect(ctx, f"/admin/stock/movements?sku={form.get('sku').strip()}", ctx.gettext("The stock is adjusted."))


@router.get("/stock/movements")
@permission(READ)
def movements(ctx: Ctx, sku: str = "", cursor: str | None = None) -> Response:
    with ctx.reading():
        return render(ctx, "catalog/admin/movements.html", page=admin.movement_page(ctx, sku, cursor), sku=sku)


def _page(
    ctx: Context, q: str, low: bool, cursor: str | None, values: dict[str, Any], refused: Refused | None = None
) -> Response:
    limit = ctx.settings(CatalogSettings).low_stock
    return render(
        ctx,
        "catalog/admin/stock.html",
        status=refused.status if refused else 200,
        q=q,
        low=low,
        limit=limit,
        page=admin.stock_page(ctx, q, limit if low else None, cursor),
        values=values,
        problems=refused.problems if refused else (),
        locations=[(r.code, r.name) for r in admin.locations(ctx)],
        may_write=ctx.allows(WRITE),
        local=lambda texts: in_locale(texts, ctx.locale, ctx.site.locales[0]),
    )
