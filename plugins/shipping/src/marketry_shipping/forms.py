"""What staff may type for zones and methods."""

import re
from typing import Annotated, Any

from babel import Locale
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Decimals = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\d{1,10}(\.\d{1,4})?$")]
Place = Annotated[str, StringConstraints(max_length=80)]

COUNTRIES = frozenset(code for code in map(str, Locale("en").territories) if re.fullmatch(r"[A-Z]{2}", code))


def _split(value: Any) -> Any:
    """Entries apart by commas or lines, out of one text or of several."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        return value
    return [part.strip() for text in texts for part in re.split(r"[,,\n]", text) if part.strip()]


def _blank_to_none(value: Any) -> Any:
    return None if value == "" else value


class ZoneForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Code
    name: dict[str, Text]
    countries: Annotated[list[str], BeforeValidator(_split)] = Field(default_factory=list, max_length=260)
    regions: Annotated[list[Place], BeforeValidator(_split)] = Field(default_factory=list, max_length=500)
    postal_prefixes: Annotated[list[Place], BeforeValidator(_split)] = Field(default_factory=list, max_length=2000)
    priority: int = Field(100, ge=0, le=10_000)

    @field_validator("countries")
    @classmethod
    def _known(cls, countries: list[str]) -> list[str]:
        codes = [country.upper() for country in countries]
        unknown = [code for code in codes if code not in COUNTRIES]
        if unknown:
            raise ValueError("Please give two-letter country codes such as US, DE or CN.")
        return list(dict.fromkeys(codes))


class BandForm(BaseModel):
    """`price` and `from_subtotal` in major units as typed, `max_weight` in grams; an empty weight means any."""

    model_config = ConfigDict(extra="forbid")

    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    price: Decimals
    max_weight: Annotated[Annotated[int, Field(gt=0, le=10**9)] | None, BeforeValidator(_blank_to_none)] = None
    from_subtotal: Annotated[Decimals, BeforeValidator(lambda value: value or "0")] = "0"


def _filled_rows(value: Any) -> Any:
    """Without the rows that were left empty."""
    if not isinstance(value, dict):
        return value
    return {key: row for key, row in value.items() if not isinstance(row, dict) or any(row.get(k) for k in _TYPED)}


_TYPED = ("price", "max_weight", "from_subtotal")


class MethodForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Code
    label: dict[str, Text]
    estimate: dict[str, Text] = Field(default_factory=dict)
    active: bool = False
    position: int = Field(50, ge=0, le=10_000)
    bands: Annotated[dict[str, BandForm], BeforeValidator(_filled_rows)] = Field(default_factory=dict, max_length=100)
