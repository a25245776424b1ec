"""Manifest and wiring."""

from marketry import Plugin

plugin = Plugin(
    id="wishlist",
    title="Wish list",
    summary="A wish list, kept in the browser's cookie or with the account.",
)
