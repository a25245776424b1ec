"""Manifest and wiring."""

from marketry import Plugin

plugin = Plugin(
    id="discovery",
    title="Discovery",
    summary="Recently seen products, related products, and links to share.",
)
