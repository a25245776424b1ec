"""What machines read of the shop: sitemap.xml, robots.txt, and the description of the JSON surface."""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from xml.sax.saxutils import escape

from fastapi import Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse

from marketry.context import Context
from marketry.hookspecs.web import sitemap
from marketry.web.context import Ctx
from marketry.web.routing import Router
from marketry.web.security.paths import PRIVATE
from marketry.web.values import SitemapEntry

router = Router()
MOST = 50_000  # URLs in one file (https://www.sitemaps.org/protocol.html)
PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "A refusal (RFC 9457)",
    "required": ["status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "stable, for programs"},
        "detail": {"type": "string", "description": "for people, in the request's language"},
        "field": {"type": ["string", "null"], "description": "path of the input, like lines/0/quantity"},
        "plugin": {"type": ["string", "null"]},
        "errors": {"type": "array", "items": {"type": "object"}, "description": "all problems, where there are several"},
    },
}


@router.get("/sitemap.xml")
def sitemap_xml(ctx: Ctx) -> StreamingResponse:
    """Every public page in every language, as plugins name them; streamed, since shops are large."""
    return StreamingResponse(_sitemap(ctx), media_type="application/xml", headers={"Cache-Control": "public, max-age=3600"})


def _sitemap(ctx: Context) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    contexts = [ctx.with_locale(locale) for locale in ctx.site.locales]
    with ctx.reading():
        entries = (answer.value for answer in ctx.hooks.stream(sitemap, ctx))
        lines = islice((_url(one, entry) for entry in entries for one in contexts), MOST)
        while part := "".join(islice(lines, 500)):  # each part is a trip to a worker thread
            yield part
    yield "</urlset>\n"


def _url(ctx: Context, entry: SitemapEntry) -> str:
    changed = f"<lastmod>{entry.changed:%Y-%m-%d}</lastmod>" if entry.changed else ""
    return f"<url><loc>{escape(ctx.url(entry.path, absolute=True))}</loc>{changed}</url>\n"


@router.get("/robots.txt")
async def robots_txt(ctx: Ctx) -> PlainTextResponse:
    """Crawlers stay out of personal pages, in every language."""
    prefixes = ("", *(f"/{locale}" for locale in ctx.site.locales[1:]))
    closed = [f"Disallow: {prefix}{path}" for path in (*PRIVATE, "/api/") for prefix in prefixes]
    lines = ["User-agent: *", *closed, f"Sitemap: {ctx.site.base_url.rstrip('/')}/sitemap.xml", ""]
    return PlainTextResponse("\n".join(lines), headers={"Cache-Control": "public, max-age=3600"})


@router.get("/api/v1/openapi.json")
async def openapi_json(request: Request) -> JSONResponse:
    """OpenAPI 3.1 of the JSON surface alone, made at the first request."""
    app = request.app
    if app.openapi_schema is None:
        described = get_openapi(title=app.title, version="1", routes=app.routes)
        described.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
        app.openapi_schema = described
    return JSONResponse(app.openapi_schema)
