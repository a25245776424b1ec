"""Where the links of mails lead: a page with buttons, since programs that look into mails follow links, too."""

from fastapi import Response

from marketry.web import Ctx, Form, Router, public, redirect, render
from marketry_backinstock.asking import confirm, found, take_back
from marketry_backinstock.goods import items

router = Router(private=True)


@router.get("/back-in-stock/{key}")
@public
def show(ctx: Ctx, key: str) -> Response:
    with ctx.reading():
        row = found(ctx, key)
        response = render(ctx, "backinstock/link.html", row=row, item=items(ctx, [row.sku]).get(row.sku))
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@router.post("/back-in-stock/{key}")
@public
def change(ctx: Ctx, key: str, form: Form) -> Response:
    """Confirm the address, or with the button `stop` forget it."""
    with ctx.writing():
        if form.get("stop"):
            take_back(ctx, key)
            return render(ctx, "backinstock/stopped.html")
        confirm(ctx, key)
    return redirect(ctx, f"/back-in-stock/{key}")
