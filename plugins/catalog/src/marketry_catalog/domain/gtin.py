"""Global Trade Item Numbers: EAN-8, UPC-A, EAN-13, GTIN-14 (GS1 General Specifications, 7.9)."""

import re

LENGTHS = frozenset({8, 12, 13, 14})
# Numbers that each shop gives out for itself, and those of coupons (GS1 General Specifications, 1.4.2): they name nothing in
# another shop, and shopping sites refuse them. Of an EAN-13; a UPC-A has a 0 before it.
_OWN = re.compile(r"2|02|04|05|98|99")
_OWN_SHORT = re.compile(r"0|2")  # of an EAN-8


def is_gtin(text: str) -> bool:
    """Whether `text` is one that means the same in every shop, its check digit included."""
    if not (text.isascii() and text.isdecimal() and len(text) in LENGTHS):
        return False
    weighted = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(reversed(text)))
    return weighted % 10 == 0 and not _is_own(text)


def _is_own(text: str) -> bool:
    """A GTIN-14 packs an EAN-13 behind its first digit."""
    return bool(_OWN_SHORT.match(text) if len(text) == 8 else _OWN.match(text.zfill(14)[1:]))
