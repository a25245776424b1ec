"""Who may send unsafe requests: the site's own pages, clients that authenticate by header, and allowed foreign origins.

Cookies travel with requests that other sites cause, so a request that carries them must prove that it comes from a page of
this site: by `Sec-Fetch-Site` (Fetch Metadata) or by `Origin`. A header that authenticates can't be set by another site
without CORS; such requests are exempt, and their cookies are ignored.
"""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from marketry.problems import Problem
from marketry.web.security.paths import SAFE_METHODS
from marketry.web.security.refusing import refuse

if TYPE_CHECKING:
    from marketry.settings.site import Site

HEADER_AUTHENTICATED = "marketry.header_authenticated"
AUTHENTICATING = (b"authorization", b"x-cart-token", b"x-order-token")
ALLOWED_METHODS = "GET, POST, PUT, PATCH, DELETE"
ALLOWED_HEADERS = "authorization, content-type, idempotency-key, x-cart-token, x-order-token, accept-language"
EXPOSED_HEADERS = "retry-after, x-request-id"
REFUSED = "A request that changes something must come from a page of this site. Reload the page and try again."


class OriginCheck:
    """Refuses cross-site unsafe requests (403) and answers CORS for the JSON surface."""

    def __init__(self, app: ASGIApp, site: "Site") -> None:
        self.app = app
        self.secure = site.base_url.startswith("https://")
        self.allowed = frozenset(site.listed("web", "cors_origins"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        names = {name for name, _ in scope["headers"]}
        if not names.isdisjoint(AUTHENTICATING):
            scope[HEADER_AUTHENTICATED] = True
            scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"cookie"]
        if b"origin" in names and scope["path"].startswith("/api/"):
            await self._cross_origin(scope, receive, send)
            return
        await self._same_origin(scope, receive, send)

    async def _same_origin(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] in SAFE_METHODS or scope["path"].startswith("/hooks/") or self._is_own(scope):
            await self.app(scope, receive, send)
        else:
            await refuse(scope, receive, send, Problem("cross_site", REFUSED, status=403))

    def _is_own(self, scope: Scope) -> bool:
        if scope.get(HEADER_AUTHENTICATED):
            return True
        headers = Headers(scope=scope)
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None:
            return site in ("same-origin", "none")
        if origin is not None:
            return self._same(origin, headers.get("host", ""))
        return "cookie" not in headers  # no browser and nothing to abuse

    def _same(self, origin: str, host: str) -> bool:
        parts = urlsplit(origin)
        return parts.netloc.lower() == host.lower() and parts.scheme in (("https",) if self.secure else ("http", "https"))

    async def _cross_origin(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        origin = headers["origin"]
        if self._same(origin, headers.get("host", "")) or origin not in self.allowed:
            await self._same_origin(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await Response(status_code=204, headers=_preflight(origin))(scope, receive, send)
            return
        # An allowed origin acts by header, never with the visitor's cookies.
        scope[HEADER_AUTHENTICATED] = True
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"cookie"]

        async def with_cors(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_shared(origin)]
            await send(message)

        await self.app(scope, receive, with_cors)


def _shared(origin: str) -> list[tuple[bytes, bytes]]:
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-expose-headers", EXPOSED_HEADERS.encode()),
        (b"vary", b"Origin"),
    ]


def _preflight(origin: str) -> dict[str, str]:
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": ALLOWED_METHODS,
        "Access-Control-Allow-Headers": ALLOWED_HEADERS,
        "Access-Control-Max-Age": "600",
        "Vary": "Origin",
    }
