"""Manifest and wiring."""

from marketry import Plugin

plugin = Plugin(
    id="backinstock",
    title="Back in stock",
    summary="Mails shoppers when what they wait for can be bought again.",
)
