"""Options: what a shopper chooses, and the variants that the choices make."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

MOST_VARIANTS = 500


@dataclass(frozen=True, slots=True)
class OptionValue:
    code: str
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Option:
    """`Colour` with its values, in the order in which they are offered; names and labels per locale."""

    code: str
    name: Mapping[str, str]
    values: tuple[OptionValue, ...]

    def label(self, code: str) -> Mapping[str, str]:
        return next((v.label for v in self.values if v.code == code), {})


def read_options(stored: Iterable[Mapping[str, Any]]) -> tuple[Option, ...]:
    """Options from the JSON of `catalog_product.options`."""
    return tuple(Option(o["code"], o["name"], tuple(OptionValue(v["code"], v["label"]) for v in o["values"])) for o in stored)


def write_options(options: Iterable[Option]) -> list[dict[str, Any]]:
    """The JSON of `catalog_product.options`."""
    return [
        {"code": o.code, "name": dict(o.name), "values": [{"code": v.code, "label": dict(v.label)} for v in o.values]}
        for o in options
    ]


def options_key(chosen: Mapping[str, str]) -> str:
    """One text for one choice, whatever its order: what makes a variant unique in its product."""
    return "|".join(f"{code}={chosen[code]}" for code in sorted(chosen))


def combinations(options: Sequence[Option]) -> list[dict[str, str]]:
    """Every choice that the options allow, the last option varying quickest."""
    if not options:
        return [{}]
    return [{o.code: v.code for o, v in zip(options, values, strict=True)} for values in product(*(o.values for o in options))]


def with_value(options: Sequence[Option], code: str, name: Mapping[str, str], value: OptionValue) -> tuple[Option, ...]:
    """`options` with the option `code` and its `value` added where missing; texts given replace those there are."""
    found = next((o for o in options if o.code == code), None)
    if found is None:
        return (*options, Option(code, name, (value,)))
    known = any(v.code == value.code for v in found.values)
    values = tuple(value if v.code == value.code else v for v in found.values) if known else (*found.values, value)
    renewed = Option(code, name, values)
    return tuple(renewed if o.code == code else o for o in options)
