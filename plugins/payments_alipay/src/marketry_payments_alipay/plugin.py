"""Manifest and wiring."""

from marketry import Plugin

plugin = Plugin(
    id="payments_alipay",
    title="Alipay",
    summary="Alipay on the desktop, on the phone and by QR code.",
)
