"""How pages are kept for all visitors: the table `[pagecache]` of marketry.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MIB = 1024 * 1024
WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


@dataclass(frozen=True, slots=True)
class PageKeeping:
    """`limit` in bytes per process; `cdn_seconds` for which a CDN may answer without asking us (0: it asks each time)."""

    enabled: bool
    limit: int
    cdn_seconds: int


def page_keeping(table: Mapping[str, Any]) -> PageKeeping:
    """ValueError names what is wrong."""
    unknown = sorted(set(table) - {"enabled", "megabytes", "cdn_seconds"})
    if unknown:
        raise ValueError(f"there is no setting {unknown[0]!r}; there are enabled, megabytes, cdn_seconds")
    enabled = WORDS.get(str(table.get("enabled", True)).lower())
    if enabled is None:
        raise ValueError(f"enabled must be true or false, not {table['enabled']!r}")
    return PageKeeping(enabled, _number(table, "megabytes", 64, 1, 65_536) * MIB, _number(table, "cdn_seconds", 0, 0, 86_400))


def _number(table: Mapping[str, Any], name: str, usual: int, least: int, most: int) -> int:
    text = str(table.get(name, usual))
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise ValueError(f"{name} must be a whole number from {least} to {most}, not {table[name]!r}")
    return int(text)
