"""What an address needs by country: whether it has postal codes, what they look like, whether a region is written.

After the Universal Postal Union's addressing guides (https://www.upu.int/en/postal-solutions/programmes-services/addressing-solutions)
and the "zip" and "require" fields of Google's address data (https://chromium-i18n.appspot.com/ssl-address).
"""

import re

# Countries that have no postal codes, or hardly use them: none is asked for there.
WITHOUT_POSTAL_CODE = frozenset(
    "AE AG AO AW BF BI BJ BM BO BQ BS BW BZ CD CF CG CI CK CM CW DJ DM ER FJ GA GD GH GM GN GQ GY HK IE JM KE KI KM KN KP "
    "LC LY ML MO MR MW NR NU PA QA RW SB SC SL SO SR SS ST SX SY TD TF TG TK TL TO TT TV UG VU WS YE ZW".split()
)
REGION_REQUIRED = frozenset("AU BR CA CN IN JP KR MX MY US".split())

# Only where the form is certain; elsewhere any code is taken as written.
_FIVE, _FOUR, _SIX = r"\d{5}", r"\d{4}", r"\d{6}"
_POSTAL_CODES = {
    "US": r"\d{5}(-\d{4})?", "CA": r"[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d", "GB": r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}",
    "NL": r"\d{4} ?[A-Z]{2}", "JP": r"\d{3}-?\d{4}", "BR": r"\d{5}-?\d{3}", "PT": r"\d{4}-\d{3}", "PL": r"\d{2}-\d{3}",
    "SE": r"\d{3} ?\d{2}", "CZ": r"\d{3} ?\d{2}", "SK": r"\d{3} ?\d{2}", "GR": r"\d{3} ?\d{2}", "TW": r"\d{3}(\d{2,3})?",
    **dict.fromkeys("DE ES FR IT FI MX MY TR TH UA KR".split(), _FIVE),
    **dict.fromkeys("AT AU BE BG CH DK HU LU NO NZ PH ZA".split(), _FOUR),
    **dict.fromkeys("CN IN RU SG".split(), _SIX),
}  # fmt: skip
_COMPILED = {country: re.compile(pattern) for country, pattern in _POSTAL_CODES.items()}


def needs_postal_code(country: str) -> bool:
    return country not in WITHOUT_POSTAL_CODE


def needs_region(country: str) -> bool:
    return country in REGION_REQUIRED


def fits(country: str, postal_code: str) -> bool:
    """Whether the code can be one of this country; case and outer spaces don't matter."""
    pattern = _COMPILED.get(country)
    return pattern is None or pattern.fullmatch(postal_code.strip().upper()) is not None
