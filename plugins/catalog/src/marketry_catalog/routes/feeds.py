"""Feeds of products for shopping sites."""

from fastapi import Query
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from marketry import Context
from marketry.problems import invalid
from marketry.web import Ctx, Router, public
from marketry_catalog.feeds.keeping import etag_of, feed_file
from marketry_catalog.feeds.writing import TYPES

router = Router()


@router.get("/feeds/products.xml")
@public
def xml(ctx: Ctx, request: Request, currency: str = Query("", max_length=3)) -> Response:
    """All products as RSS 2.0 with Google's names; the language is that of the address."""
    return _feed(ctx, request, currency, "xml")


@router.get("/feeds/products.tsv")
@public
def tsv(ctx: Ctx, request: Request, currency: str = Query("", max_length=3)) -> Response:
    """The same, apart by tabs."""
    return _feed(ctx, request, currency, "tsv")


def _feed(ctx: Context, request: Request, currency: str, form: str) -> Response:
    wanted = currency.upper() or ctx.site.currencies[0]
    if wanted not in ctx.site.currencies:
        known = ctx.runtime.i18n.list(ctx.locale, ctx.site.currencies)
        raise invalid("unknown_currency", ctx.gettext("This shop sells in %(currencies)s.", currencies=known), "currency")
    path = feed_file(Context(ctx.runtime, locale=ctx.locale, currency=wanted, country=ctx.country), form)
    headers = {"ETag": etag_of(path), "Cache-Control": "public, max-age=900"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(None, 304, headers)
    return FileResponse(path, headers=headers, media_type=TYPES[form])
