"""Serving pictures out of the media store. Their names change with their content, so they may be kept for ever."""

from typing import Annotated

from fastapi import Path as InPath
from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from marketry.web.routing import Router

router = Router()


@router.get("/media/{path:path}")
def media_file(request: Request, path: Annotated[str, InPath(max_length=100)]) -> Response:
    """A picture, or its rendition in the best format that the browser accepts; the original while that isn't made yet."""
    found = request.app.state.runtime.media.open(path, request.headers.get("accept", ""))
    if found is None:
        raise HTTPException(404)
    caching = "public, max-age=31536000, immutable" if found.lasting else "public, max-age=10"
    headers = {"Cache-Control": caching, "Vary": "Accept"}
    if found.path is not None:
        return FileResponse(found.path, media_type=found.mime, headers=headers)
    return Response(found.content, media_type=found.mime, headers=headers)
