"""Alipay on the desktop, on the phone and by QR code."""
