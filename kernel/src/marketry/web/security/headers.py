"""Headers that every answer carries: a strict CSP, and what keeps browsers and caches from guessing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from marketry.web.context import KEY
from marketry.web.security.paths import PRIVATE, below

if TYPE_CHECKING:
    from marketry.runtime import Runtime

# Nothing but the site's own files; no inline code or style, no eval, no frames, no plugins (https://www.w3.org/TR/CSP3/).
POLICY: Mapping[str, tuple[str, ...]] = {
    "default-src": ("'none'",),
    "script-src": ("'self'",),
    "style-src": ("'self'",),
    "img-src": ("'self'",),
    "font-src": ("'self'",),
    "connect-src": ("'self'",),
    "form-action": ("'self'",),
    "manifest-src": ("'self'",),
    "base-uri": ("'none'",),
    "frame-ancestors": ("'none'",),
}
# Pages whose forms may lead to a payment provider: Chromium applies form-action to the redirect after the POST as well.
PAYING = ("/checkout", "/orders")
STEADY = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),  # not no-referrer: forms would then send `Origin: null`
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(self)"),
)
NO_STORE = (b"cache-control", b"no-store")
YEAR = 31_536_000  # seconds


def policy(additions: Iterable[Mapping[str, Sequence[str]]], form_hosts: Sequence[str] = ()) -> str:
    """The CSP with what plugins add per directive; a directive that the kernel doesn't know may be added whole."""
    sources = {directive: list(own) for directive, own in POLICY.items()}
    for addition in (*additions, {"form-action": form_hosts}):
        for directive, more in addition.items():
            known = sources.setdefault(directive, [])
            known.extend(source for source in more if source not in known)
    return "; ".join(f"{directive} {' '.join(values)}" for directive, values in sources.items())


class SecurityHeaders:
    """Adds them to every answer, and `no-store` to every personal one."""

    def __init__(self, app: ASGIApp, runtime: "Runtime") -> None:
        self.app = app
        additions = [plugin.manifest.csp for plugin in runtime.plugins.enabled]
        additions.append({"img-src": media_origins(runtime)})
        self._steady = tuple((name.lower().encode(), value.encode()) for name, value in STEADY)
        if runtime.site.base_url.startswith("https://"):
            self._steady += ((b"strict-transport-security", f"max-age={YEAR}; includeSubDomains".encode()),)
        self._usual = (b"content-security-policy", policy(additions).encode())
        self._paying = (b"content-security-policy", policy(additions, redirect_hosts(runtime)).encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*self._kept(scope, message["headers"]), *self._added(scope, message["headers"])]
            await send(message)

        await self.app(scope, receive, with_headers)

    def _added(self, scope: Scope, headers: list[tuple[bytes, bytes]]) -> tuple[tuple[bytes, bytes], ...]:
        """A document with a policy of its own (a mail shown in a sandboxed frame) keeps it: two policies would both apply."""
        if any(name == b"content-security-policy" for name, _ in headers):
            return self._steady
        # By the end of the request `path` is without its locale prefix.
        return (*self._steady, self._paying if below(scope["path"], PAYING) else self._usual)

    def _kept(self, scope: Scope, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """The answer's own headers; a personal answer loses those that invite a cache."""
        if not is_personal(scope, headers):
            return headers
        return [pair for pair in headers if pair[0] not in (b"cache-control", b"etag")] + [NO_STORE]


def is_personal(scope: Scope, headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether the answer is one visitor's own: by its path, by what was read to make it, or because it sets a cookie."""
    ctx = scope.get(KEY)
    if (ctx is not None and ctx.personal) or any(name == b"set-cookie" for name, _ in headers):
        return True
    return scope["method"] not in ("GET", "HEAD") or below(scope["path"], PRIVATE)


def media_origins(runtime: "Runtime") -> tuple[str, ...]:
    """Where pictures come from, when that is another host (object storage, a CDN)."""
    url = urlsplit(str(runtime.site.table("media").get("public_url", "")))
    return (f"{url.scheme}://{url.netloc}",) if url.netloc else ()


def redirect_hosts(runtime: "Runtime") -> tuple[str, ...]:
    """The origins of payment providers to which a checkout form may lead."""
    from marketry.commerce.payment import RedirectsBuyers
    from marketry.hookspecs.payment import payment_providers

    ctx = runtime.context()
    sending = [p for p in runtime.collected(payment_providers) if isinstance(p, RedirectsBuyers)]
    return tuple(dict.fromkeys(host for provider in sending for host in provider.redirect_hosts(ctx)))
