"""Scopes: every word in the index begins with its generation and locale, so that neither costs a search anything.

`mug` of generation 3 in English is `3en0mug`. A filter instead would read the words of all languages and
of the generation that is being built.
"""


def scope_of(generation: int, locale: str) -> str:
    """The beginning of all words of a generation in a locale, in ASCII letters and digits."""
    return f"{generation}{''.join(c for c in locale.lower() if c.isascii() and c.isalpha())}0"
