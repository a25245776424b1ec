"""Global Trade Item Numbers: EAN-8, UPC-A, EAN-13, GTIN-14 (GS1 General Specifications, 7.9)."""

LENGTHS = frozenset({8, 12, 13, 14})


def is_gtin(text: str) -> bool:
    """Whether `text` is one, its check digit included."""
    if not (text.isascii() and text.isdecimal() and len(text) in LENGTHS):
        return False
    weighted = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(reversed(text)))
    return weighted % 10 == 0
