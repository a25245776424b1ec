"""Bounds on what a request may carry: bytes of a body, NULs that no database stores, depth of JSON."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from marketry.problems import Problem
from marketry.web.security.refusing import refuse

MIB = 1024 * 1024
JSON_BYTES = MIB
FORM_BYTES = MIB
UPLOAD_BYTES = 64 * MIB  # multipart: pictures and import files, spooled to disk by the form parser
JSON_DEPTH = 40


class BodyLimit:
    """Refuses too much with 413, and what can't be stored or parsed with 422, before any code of a plugin runs."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif b"%00" in scope.get("raw_path", b"") or b"%00" in scope["query_string"]:
            await refuse(scope, receive, send, Problem("bad_character", "This address can't exist.", "url", status=400))
        elif scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
        else:
            await self._with_body(scope, receive, send)

    async def _with_body(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
        limit = UPLOAD_BYTES if kind == "multipart/form-data" else FORM_BYTES
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdigit() or int(declared) > limit:
            await refuse(scope, receive, send, _too_large())
            return
        if kind == "multipart/form-data":
            await self._streamed(scope, receive, send, limit)
            return
        body = await _read(receive, limit)
        foreign = scope["path"].startswith("/hooks/")  # stored as bytes, whatever it says
        problem = None if body is None or foreign or not kind.endswith("json") else _complaint(body)
        if problem or body is None:
            await refuse(scope, receive, send, problem or _too_large())
            return
        await self.app(scope, _replay(body, receive), send)

    async def _streamed(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        left = limit

        async def counted() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                from starlette.exceptions import HTTPException

                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)


async def _read(receive: Receive, limit: int) -> bytes | None:
    """The whole body; None when it is larger than `limit` or the client went away."""
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return None
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            return None
        chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks)


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replayed() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


def _complaint(body: bytes) -> Problem | None:
    """What no endpoint should meet: a NUL in a text, or nesting that exhausts a parser."""
    if b"\\u0000" in body or b"\0" in body:
        return Problem("bad_character", "A text contains a character that can't be stored (NUL).", "body")
    if _depth(body) > JSON_DEPTH:
        return Problem("too_deep", f"This JSON is nested deeper than {JSON_DEPTH} levels.", "body")
    return None


def _depth(body: bytes) -> int:
    """How deep brackets nest, strings left out; cheap for bodies with few of them."""
    if body.count(b"[") + body.count(b"{") <= JSON_DEPTH:
        return 0
    deepest = depth = 0
    in_text = escaped = False
    for byte in body:
        if escaped:
            escaped = False
        elif in_text:
            escaped, in_text = byte == 0x5C, byte != 0x22
        elif byte == 0x22:
            in_text = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def _too_large() -> Problem:
    return Problem("too_large", "This is too large.", "body", status=413)
