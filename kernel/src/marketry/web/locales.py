"""The locale in the path: `/zh/cart` is `/cart` in Chinese; routes never see the prefix."""

from collections.abc import Sequence
from urllib.parse import quote

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from marketry.web.context import LOCALE

SHOWN = "marketry.shown_path"  # the path as the browser shows it, prefix included


class LocalePrefix:
    """Strips the prefix of a locale that isn't the default, and trailing slashes by redirect: each page has one address."""

    def __init__(self, app: ASGIApp, locales: Sequence[str]) -> None:
        self.app = app
        self.default = locales[0]
        self.prefixes = {f"/{locale}": locale for locale in locales[1:]}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        if len(path) > 1 and path.endswith("/") and scope["method"] in ("GET", "HEAD"):
            await _redirect(path.rstrip("/") or "/", scope)(scope, receive, send)
            return
        scope[SHOWN] = path
        first, slash, rest = path[1:].partition("/")
        locale = self.prefixes.get("/" + first)
        if locale is not None:
            scope["path"] = slash + rest or "/"
            scope["raw_path"] = quote(scope["path"]).encode()
            scope[LOCALE] = locale
        elif path.startswith("/api/"):
            scope[LOCALE] = self._asked(scope)
        await self.app(scope, receive, send)

    def _asked(self, scope: Scope) -> str:
        """The JSON surface has no prefix: the first locale of Accept-Language that the site speaks (no weights: clients of an
        API name the one they want)."""
        for name, value in scope["headers"]:
            if name == b"accept-language":
                for part in str(value, "latin-1").split(","):
                    locale: str = part.partition(";")[0].strip().partition("-")[0].lower()
                    if locale == self.default or f"/{locale}" in self.prefixes:
                        return locale
        return self.default


def _redirect(path: str, scope: Scope) -> RedirectResponse:
    query = scope["query_string"].decode("latin-1")
    target = "/" + path.lstrip("/")  # never `//host`, which would leave the site
    return RedirectResponse(quote(target) + (f"?{query}" if query else ""), 308)
