"""Ids in Stripe's manner: a prefix that tells the kind, then random letters and digits."""

from __future__ import annotations

import secrets
import string

_LETTERS = string.ascii_letters + string.digits


def new_id(prefix: str, *, length: int = 24) -> str:
    """``ch_3N…``; the prefix comes without the underscore."""
    return f"{prefix}_{''.join(secrets.choice(_LETTERS) for _ in range(length))}"


def client_secret(id: str) -> str:
    """What a browser may hold of a payment intent."""
    return f"{id}_secret_{new_id('', length=25)[1:]}"
