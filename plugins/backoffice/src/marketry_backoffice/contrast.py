"""Whether text can be read on its ground: contrast of colours as WCAG 2.2 (1.4.3) computes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

ENOUGH = 4.5


@dataclass(frozen=True, slots=True)
class Pair:
    """Text of one setting's colour on the ground of another's."""

    text: str
    ground: str
    ratio: float

    @property
    def enough(self) -> bool:
        return self.ratio >= ENOUGH


def contrast(one: str, other: str) -> float:
    """From 1 to 21, of two colours `#rrggbb`."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def pairs_of(schema: type[BaseModel], values: Mapping[str, str]) -> Sequence[Pair]:
    """Every pair that the schema names (`json_schema_extra={"on": ["paper"]}` on a colour used for text)."""
    found = []
    for name, field in schema.model_fields.items():
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        grounds = extra.get("on", [])
        for ground in grounds if isinstance(grounds, list) else []:
            found.append(Pair(name, str(ground), contrast(values[name], values[str(ground)])))
    return found
