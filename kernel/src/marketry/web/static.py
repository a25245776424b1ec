"""Serving static files and local media; in production a web server or CDN before us keeps them."""

from functools import lru_cache
from gzip import compress
from mimetypes import guess_type
from pathlib import Path
from typing import Annotated

from anyio import Path as AsyncPath
from fastapi import Path as InPath
from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from marketry.web.assets import PREFIX, assets_of
from marketry.web.routing import Router

TEXTS = (".css", ".js", ".svg")
FOR_EVER = "public, max-age=31536000, immutable"
router = Router()


@router.get(PREFIX + "/{hash}/{name:path}")
async def static_file(request: Request, hash: str, name: Annotated[str, InPath(max_length=300)]) -> Response:
    """A file of the strongest layer. Under another release's hash it is served too, but not to be kept."""
    assets = assets_of(request.app.state.runtime)
    path = assets.file(name)
    if path is None or not await AsyncPath(path).is_file():
        raise HTTPException(404)
    headers = {"Cache-Control": FOR_EVER if hash == assets.hash else "no-cache"}
    if name.endswith(TEXTS):
        headers["Vary"] = "Accept-Encoding"
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(packed(path, path.stat().st_mtime_ns), media_type=media_type(name), headers=headers)
    return FileResponse(path, media_type=media_type(name), headers=headers)


@lru_cache(128)
def packed(path: Path, changed: int) -> bytes:
    """The file gzipped, once per version: a stylesheet of 60 kB travels as 12."""
    return compress(path.read_bytes(), 9, mtime=0)


def media_type(name: str) -> str:
    if name.endswith(".js"):
        return "text/javascript"  # RFC 9239, whatever the machine's mime.types say
    return guess_type(name)[0] or "application/octet-stream"
