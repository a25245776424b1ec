"""Only the site's own names: a forged Host would enter links in mails and what caches keep."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

if TYPE_CHECKING:
    from marketry.settings.site import Site

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})  # asked by address, by whoever runs the machines


def trusted_hosts(site: "Site") -> frozenset[str]:
    """The base URL's host, those in `[web] hosts`, and all names of loopback where the base URL is one of them."""
    own = urlsplit(site.base_url).hostname or "localhost"
    more = LOOPBACK if own in LOOPBACK or own == "::1" else ()
    return frozenset({own, *more, *site.listed("web", "hosts")})


class TrustedHosts:
    """Answers 400 to any other Host, to two of them, and to one that is no name."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self.app = app
        self.hosts = hosts
        self._known: dict[bytes, bool] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in PROBES and not self._trusted(scope):
            await PlainTextResponse("This host isn't served here.", 400)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _trusted(self, scope: Mapping[str, object]) -> bool:
        headers: list[tuple[bytes, bytes]] = scope["headers"]  # type: ignore[assignment]
        hosts = [value for name, value in headers if name == b"host"]
        if len(hosts) != 1:
            return False
        known = self._known.get(hosts[0])
        return self._matches(hosts[0]) if known is None else known

    def _matches(self, host: bytes) -> bool:
        name = host.decode("latin-1").lower()
        bare, _, port = name.rpartition(":") if not name.endswith("]") and ":" in name else (name, "", "")
        trusted = bare in self.hosts and (not port or port.isdigit())
        if trusted:  # only good ones are remembered, so that bad ones can't fill the memory
            self._known[host] = True
        return trusted
