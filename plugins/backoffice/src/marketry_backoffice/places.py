"""Where to go after signing in: only ever to a page of the back office."""

import re

# A path of this site below /admin: no scheme, no host, no backslash that browsers take for a slash, no dots that climb.
_PLACE = re.compile(r"/admin(/[A-Za-z0-9._~%:@!$&'()*+,;=-]+)*/?(\?[A-Za-z0-9._~%:@!$&'()*+,;=/?-]*)?")
_ENTRANCES = ("/admin/sign-in", "/admin/sign-out", "/admin/enter", "/admin/confirm", "/admin/invitation")


def office_place(next: str) -> str:
    """`next` where it is a page of the back office, else its first page."""
    path = next.partition("?")[0]
    climbs = any(part in (".", "..") or "%2e" in part.lower() for part in path.split("/"))
    if len(next) > 500 or not _PLACE.fullmatch(next) or climbs or path.rstrip("/").startswith(_ENTRANCES):
        return "/admin"
    return next
