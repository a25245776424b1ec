"""Where somebody goes after signing in: a page of this site, and no other."""

import re

_OWN = re.compile(r"/(?![/\\])[!-~]*")  # a path, no host: browsers read // and /\ as one (WHATWG URL, relative slash state)


def own_path(wanted: str, default: str) -> str:
    """`wanted` where it is a path of this site, with its query; else `default`."""
    plain = _OWN.fullmatch(wanted) and "\\" not in wanted and len(wanted) <= 2_000
    return wanted if plain else default
