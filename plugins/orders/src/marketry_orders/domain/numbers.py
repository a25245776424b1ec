"""Random names: ids and tokens that can't be guessed, and order numbers that people can read over the telephone."""

import hashlib
import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 O 1 I L U: read and typed without doubt, no words


def new_id() -> str:
    """128 random bits, 22 characters."""
    return secrets.token_urlsafe(16)


def new_token() -> str:
    """256 random bits, 43 characters: a secret that is kept hashed."""
    return secrets.token_urlsafe(32)


def new_order_number() -> str:
    """Nine characters out of thirty (2·10¹³): short, random, and no count of orders to read out of it."""
    return "".join(secrets.choice(ALPHABET) for _ in range(9))


def hashed(token: str) -> str:
    """How a random secret is stored. It has 256 bits, so a plain hash suffices."""
    return hashlib.sha256(token.encode()).hexdigest()


def matches(token: str, stored: str) -> bool:
    return secrets.compare_digest(hashed(token), stored)
