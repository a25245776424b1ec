"""How pages are kept for all visitors: the table `[pagecache]` of marketry.toml."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marketry.settings.site import Site

MIB = 1024 * 1024
WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


@dataclass(frozen=True, slots=True)
class PageKeeping:
    """`limit` in bytes per process; `cdn_seconds` for which a CDN may answer without asking us (0: it asks each time)."""

    enabled: bool
    limit: int
    cdn_seconds: int


def page_keeping(site: "Site") -> PageKeeping:
    """ValueError names what is wrong."""
    settings = site.table("pagecache")
    unknown = sorted(set(settings) - {"enabled", "megabytes", "cdn_seconds"})
    if unknown:
        raise ValueError(f"there is no setting {unknown[0]!r}; there are enabled, megabytes, cdn_seconds")
    enabled = WORDS.get(str(settings.get("enabled", True)).lower())
    if enabled is None:
        raise ValueError(f"enabled must be true or false, not {settings['enabled']!r}")
    megabytes = _number("megabytes", settings.get("megabytes", 64), 1, 65_536)
    return PageKeeping(enabled, megabytes * MIB, _number("cdn_seconds", settings.get("cdn_seconds", 0), 0, 86_400))


def _number(name: str, value: object, least: int, most: int) -> int:
    text = str(value)
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise ValueError(f"{name} must be a whole number from {least} to {most}, not {value!r}")
    return int(text)
