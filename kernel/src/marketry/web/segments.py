"""The segment of a visitor: currency, country and price group, in one signed cookie. All of one segment have the same cookie, so
that a CDN may take it as part of its key without understanding it; visitors of the default segment have none.
"""

import hmac
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from starlette.responses import Response

from marketry.settings.segment_choices import known_countries, price_group_among, price_groups
from marketry.web.cookies import cookie_name, drop_cookie, set_cookie

if TYPE_CHECKING:
    from marketry.context import Context
    from marketry.runtime import Runtime
    from marketry.settings import Site

COOKIE = "segment"
KEY = "marketry.segment"  # where the page cache leaves what it has read
YEAR = 31_536_000  # seconds
MOST_KNOWN = 4_096
# currency-country-group.signature; parameters of a cookie never stand in it.
_FORM = re.compile(r"([A-Z]{3})-([A-Z]{2})-([a-z0-9_-]{0,64})\.([0-9a-f]{32})")


@dataclass(frozen=True, slots=True)
class Segment:
    """`group` says that the visitor has prices of a group: their pages are drawn for them and never kept."""

    currency: str
    country: str
    group: str = ""

    @property
    def text(self) -> str:
        return f"{self.currency}-{self.country}-{self.group}"


class Segments:
    """Reads and signs the cookies of one site."""

    def __init__(self, site: "Site") -> None:
        self.default = Segment(site.currencies[0], site.country)
        self.currencies, self.countries = site.currencies, known_countries(site)
        self.groups = price_groups(site)
        self._keys = tuple(f"segment:{key}".encode() for key in site.secret_keys)
        self._cookie = f"{cookie_name(site, COOKIE)}=".encode()
        self._known: dict[bytes, Segment] = {}

    def of_headers(self, headers: list[tuple[bytes, bytes]]) -> Segment:
        """That of a request; the default one where the cookie is missing, foreign, or names what the site no longer has."""
        for name, value in headers:
            if name == b"cookie" and self._cookie in value:
                for part in value.split(b";"):
                    if part.strip().startswith(self._cookie):
                        return self._read(part.strip()[len(self._cookie) :])
        return self.default

    def _read(self, value: bytes) -> Segment:
        found = self._known.get(value)
        if found is None:
            found = self._verified(value)
            if found is None:
                return self.default
            if len(self._known) >= MOST_KNOWN:  # only signed ones are remembered
                self._known.clear()
            self._known[value] = found
        return found

    def _verified(self, value: bytes) -> Segment | None:
        match = _FORM.fullmatch(value.decode("latin-1"))
        if match is None:
            return None
        segment = Segment(match[1], match[2], match[3])
        if segment.currency not in self.currencies or segment.country not in self.countries:
            return None
        if not any(hmac.compare_digest(match[4], _signature(key, segment)) for key in self._keys):
            return None
        return segment if segment.group in self.groups else replace(segment, group="")

    def cookie(self, segment: Segment) -> str:
        return f"{segment.text}.{_signature(self._keys[0], segment)}"


def _signature(key: bytes, segment: Segment) -> str:
    return hmac.new(key, segment.text.encode(), sha256).hexdigest()[:32]


_segments: "WeakKeyDictionary[Runtime, Segments]" = WeakKeyDictionary()


def segments_of(runtime: "Runtime") -> Segments:
    found = _segments.get(runtime)
    if found is None:
        found = _segments[runtime] = Segments(runtime.site)
    return found


def segment_of(scope: Any, runtime: "Runtime") -> Segment:
    """That of a request, read once. The JSON surface has none: its clients say what they want in each cart."""
    found: Segment | None = scope.get(KEY)
    if found is None:
        segments = segments_of(runtime)
        is_page = not scope["path"].startswith(("/api/", "/hooks/"))
        found = scope[KEY] = segments.of_headers(scope["headers"]) if is_page else segments.default
    return found


def keep_segment(ctx: "Context", response: Response, segment: Segment) -> None:
    """Let this browser be of `segment` from now on."""
    segments = segments_of(ctx.runtime)
    if segment == segments.default:
        drop_cookie(ctx, response, COOKIE)
    else:
        set_cookie(ctx, response, COOKIE, segments.cookie(segment), max_age=YEAR)


def keep_price_group(ctx: "Context", response: Response, groups: Collection[str]) -> None:
    """Call it where a customer of these groups signs in: if one of them has prices of its own, pages pass by the page cache."""
    _keep_group(ctx, response, price_group_among(ctx.site, groups))


def follow_price_group(ctx: "Context", response: Response) -> None:
    """Let the segment name the price group of whoever is signed in: it may have changed since they did."""
    if segments_of(ctx.runtime).groups and ctx.channel == "web":
        _keep_group(ctx, response, ctx.price_group)


def _keep_group(ctx: "Context", response: Response, group: str) -> None:
    if ctx.request is None:
        return
    segment = segment_of(ctx.request.scope, ctx.runtime)
    if segment.group != group:
        keep_segment(ctx, response, replace(segment, group=group))
