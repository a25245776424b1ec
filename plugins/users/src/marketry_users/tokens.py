"""Secrets that are handed out once and kept as hashes only: who reads the tables can use none of them."""

from hashlib import sha256
from secrets import token_hex, token_urlsafe


def new_token() -> str:
    """256 random bits, for a link or a cookie."""
    return token_urlsafe(32)


def new_id() -> str:
    """96 random bits, for what stands in addresses of pages."""
    return token_hex(12)


def hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()
