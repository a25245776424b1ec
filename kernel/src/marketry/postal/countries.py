"""The world's countries in a reader's language."""

from collections.abc import Mapping
from functools import lru_cache

from babel import Locale

# In CLDR's list of territories, but nobody's postal country: regions, islands under another code, private codes.
NO_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ AQ BV HM".split())


@lru_cache(16)
def country_names(locale: str) -> Mapping[str, str]:
    """Names by code (ISO 3166-1 alpha-2), in the order of the language."""
    names = Locale.parse(locale, sep="-" if "-" in locale else "_").territories
    found = {code: name for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES}
    return dict(sorted(found.items(), key=lambda pair: pair[1]))
