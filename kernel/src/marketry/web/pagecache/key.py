"""What tells kept pages apart, and the request that such a page is drawn for: it holds the key and nothing else."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from starlette.types import Scope

from marketry.web.context import LOCALE
from marketry.web.locales import SHOWN
from marketry.web.segments import KEY as SEGMENT
from marketry.web.segments import Segment

if TYPE_CHECKING:
    from marketry.settings import Site

# How htmx asks: for a page like everybody, for a page to swap in whole, or for a part of it.
PAGE, WHOLE, PART = "", "whole", "part"
_HTMX: dict[str, list[tuple[bytes, bytes]]] = {
    PAGE: [],
    WHOLE: [(b"hx-request", b"true"), (b"hx-request-type", b"full")],
    PART: [(b"hx-request", b"true"), (b"hx-request-type", b"partial")],
}


@dataclass(frozen=True, slots=True)
class Key:
    """`path` is without the locale's prefix, `query` what the page declares, `generation` that of the settings."""

    path: str
    query: bytes
    locale: str
    segment: Segment
    form: str
    generation: int

    @property
    def text(self) -> str:
        """For a store that others share."""
        return "\n".join(
            (self.path, self.query.decode("latin-1"), self.locale, self.segment.text, self.form, str(self.generation))
        )


class CleanRequest:
    """Makes requests without a visitor: no cookie, no header but how htmx asks, the site's own host and scheme."""

    def __init__(self, site: "Site") -> None:
        address = urlsplit(site.base_url)
        port = address.port or (443 if address.scheme == "https" else 80)
        self._scheme, self._host = address.scheme, address.netloc.encode()
        self._server = (address.hostname or "localhost", port)
        self._default = site.locales[0]

    def of(self, key: Key, scope: Scope) -> dict[str, Any]:
        """The scope of `key`; of the visitor's own it takes what belongs to the server."""
        clean: dict[str, Any] = {name: scope[name] for name in ("app", "asgi", "state") if name in scope}
        shown = key.path if key.locale == self._default else f"/{key.locale}{key.path if key.path != '/' else ''}"
        clean |= {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "scheme": self._scheme,
            "server": self._server,
            "client": scope.get("client"),
            "root_path": "",
            "path": key.path,
            "raw_path": quote(key.path).encode(),
            "query_string": key.query,
            "headers": [(b"host", self._host), (b"accept", b"text/html"), *_HTMX[key.form]],
            SHOWN: shown,
            SEGMENT: key.segment,
        }
        if key.locale != self._default:
            clean[LOCALE] = key.locale
        return clean
