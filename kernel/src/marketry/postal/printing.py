"""An address in lines, as its country writes it: on pages, in mails, on parcels."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from marketry.commerce.addresses import Address
from marketry.postal.countries import country_names
from marketry.postal.rules import FIELDS, CountryRules, rules_of

_TOKEN = re.compile(r"(%[A-Z])")
_LATIN_ENDS = "\u024f"  # the last letter of Latin Extended-B


def address_lines(
    address: Address | Mapping[str, Any] | None, locale: str, *, label: bool = False, home: str | None = None
) -> list[str]:
    """The lines of an address, its country named in `locale`; none for none.

    Written in the letters of the country, it is printed in that order (from the province down to the person, in East Asia);
    in Latin letters, in the order for those. `label`: for a parcel, with capitals where the post asks for them, the country last,
    and left out where it is `home`. Nothing that was written is lost: what the country's format has no place for has a line.
    """
    if not address:
        return []
    given = {name: str(text or "") for name, text in (asdict(address) if isinstance(address, Address) else address).items()}
    country = given.get("country", "")
    rules, native = rules_of(country), _is_foreign(given.get("line1", "") + given.get("city", ""))
    given["region"] = _region(rules, given.get("region", ""), native)
    shown = {name: text.upper() if label and name in rules.upper else text for name, text in given.items()}
    name = country_names(locale).get(country, country)
    lines = _filled(rules.native if native else rules.latin, shown, rules)
    if label:
        return lines if country == home else [*lines, name.upper()]
    return [name, *lines] if native and _ends_with_name(rules) else [*lines, name]


def _is_foreign(text: str) -> bool:
    """Whether it holds letters other than Latin ones."""
    return any(letter.isalpha() and letter > _LATIN_ENDS for letter in text)


def _region(rules: CountryRules, kept: str, native: bool) -> str:
    """The region as it is kept, or its name in the letters of the rest, where those differ."""
    region = rules.region(kept) if kept else None
    if region is None or _is_foreign(region.key) == native:
        return kept
    return region.native if native else region.latin


def _ends_with_name(rules: CountryRules) -> bool:
    fields = rules.fields_of(rules.native)
    return "name" in fields and fields.index("name") > fields.index("line1")


def _filled(lines: tuple[str, ...], given: Mapping[str, str], rules: CountryRules) -> list[str]:
    """The format with its fields filled in; the second line follows the street, and what has no place follows that."""
    placed = rules.fields_of(lines)
    homeless = [given[name] for name in ("city", "region", "postal_code") if name not in placed and given.get(name)]
    found: list[str] = []
    for line in lines:
        if line == "%O":
            continue
        found.append(_line(line, given))
        if "%A" in line:
            found += [given.get("line2", ""), ", ".join(homeless)]
    return [line for line in found if line]


def _line(line: str, given: Mapping[str, str]) -> str:
    """One line; a literal goes with the fields beside it, and vanishes with them. Beijing in Beijing is written once."""
    tokens = [token for token in _TOKEN.split(line) if token]
    texts = [given.get(FIELDS.get(token[1:], ""), "") if token.startswith("%") else None for token in tokens]
    written, before, literal = "", "", ""
    for token, text in zip(tokens, texts, strict=True):
        if text is None:
            literal += token
        elif text and not (text == before and not literal):
            written += (literal if written or literal.strip(", -") else "") + text
            before, literal = text, ""
        elif not text:
            literal = ""
    return written.strip()
