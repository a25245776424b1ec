"""Manifest and wiring."""

from marketry import Plugin

plugin = Plugin(
    id="pages",
    title="Pages",
    summary="Pages of the shop's own words: legal texts, a journal, redirects.",
)
