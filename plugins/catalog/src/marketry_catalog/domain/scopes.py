"""Scopes: every word in the index begins with its generation and locale, so that neither costs a search anything.

`mug` of generation 3 in English is `3en0mug`. A filter instead would read the words of all languages and
of the generation that is being built.
"""

from zlib import crc32

MOST_PRODUCTS = (1 << 31) - 1


def scope_of(generation: int, locale: str) -> str:
    """The beginning of all words of a generation in a locale, in ASCII letters and digits."""
    return f"{generation}{''.join(c for c in locale.lower() if c.isascii() and c.isalpha())}0"


def entry_id(generation: int, locale: str, product: int) -> int:
    """The id of an entry of the index: 12 bits of the generation, 20 that stand for the locale, 31 of the product. So what an
    index of words finds says which product it is (`& MOST_PRODUCTS`), with no look at its row. Releases before these counted up:
    their ids are not above MOST_PRODUCTS."""
    return (generation & 0xFFF) << 51 | (crc32(locale.encode()) & 0xFFFFF) << 31 | product
