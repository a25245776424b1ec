"""What machines read of the shop: robots.txt, and the description of the JSON surface. The sitemap is in sitemap.py."""

from typing import Any

from fastapi import Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import JSONResponse, PlainTextResponse

from marketry.web.context import Ctx
from marketry.web.routing import Router
from marketry.web.security.paths import PRIVATE

router = Router()
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
