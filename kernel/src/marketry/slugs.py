"""Slugs: the readable part of an address."""

import re
import unicodedata

LONGEST = 120


def slugify(text: str) -> str:
    """`text` as part of an address: lower case, words joined by hyphens, letters of any script kept.

    `Café Crème!` → `cafe-creme`, `炉边 马克杯` → `炉边-马克杯`; empty where nothing is left.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    joined = re.sub(r"[^\w]+|_+", "-", unicodedata.normalize("NFKC", plain), flags=re.UNICODE)
    return joined.strip("-")[:LONGEST].rstrip("-")


def is_slug(text: str) -> bool:
    """Whether `text` can stand in an address as it is."""
    return bool(text) and slugify(text) == text


def free_slug(wanted: str, taken: set[str]) -> str:
    """`wanted`, or `wanted-2`, `wanted-3` … whichever is not in `taken`."""
    candidate, n = wanted, 1
    while candidate in taken:
        n += 1
        candidate = f"{wanted}-{n}"
    return candidate
