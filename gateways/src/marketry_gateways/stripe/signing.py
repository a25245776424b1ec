"""The ``Stripe-Signature`` header. Source: https://docs.stripe.com/webhooks#verify-manually"""

from __future__ import annotations

import hashlib
import hmac


def signature(body: bytes, secret: str, at: int) -> str:
    """HMAC-SHA256 over ``<timestamp>.<body>``, in hex."""
    return hmac.new(secret.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()


def header(body: bytes, secrets: tuple[str, ...], at: int) -> str:
    """``t=…,v1=…`` with one v1 for each secret in force; v0 is what test mode adds and nobody may trust."""
    parts = [f"t={at}", *(f"v1={signature(body, secret, at)}" for secret in secrets)]
    return ",".join([*parts, f"v0={signature(body, 'v0', at)}"])
