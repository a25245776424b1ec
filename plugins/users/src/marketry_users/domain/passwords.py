"""What a password may be, after NIST SP 800-63B (rev. 4, 3.1.1.2): long enough, not among the commonest, not the person's own
address or name. No rules of composition, no expiry; every printable character and spaces count.
"""

from collections.abc import Container
from unicodedata import normalize

LEAST = 8
MOST = 128  # Argon2 takes any length; nobody else needs to send a megabyte


def normal_password(typed: str) -> str:
    """The same password from every keyboard (NFKC, as 800-63B advises); spaces at its ends count."""
    return normalize("NFKC", typed)


def weakness(password: str, email: str, name: str, common: Container[str]) -> str | None:
    """`too_short`, `too_long`, `common`, `personal`, or None where it may be used."""
    if len(password) < LEAST:
        return "too_short"
    if len(password) > MOST:
        return "too_long"
    plain = password.casefold()
    if plain in common or len(set(plain)) < 3:
        return "common"
    return "personal" if _bare(plain) in _own(email, name) else None


def _own(email: str, name: str) -> set[str]:
    """The address, its two sides, the name, and the name's words one after the other."""
    local, _, host = email.casefold().partition("@")
    words = name.casefold().split()
    return {_bare(part) for part in (email.casefold(), local, host, name.casefold(), "".join(reversed(words)))} - {""}


def _bare(text: str) -> str:
    """Without digits and marks at the end, which change little: `ada.lovelace1!` is `adalovelace`."""
    return "".join(letter for letter in text.rstrip("0123456789!?.*#_- ") if letter.isalnum())
