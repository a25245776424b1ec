"""Which variant a shopper means, and what the other choices lead to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from marketry_catalog.domain.options import Option


class Choosable(Protocol):
    @property
    def sku(self) -> str: ...
    @property
    def options(self) -> Mapping[str, str]: ...
    @property
    def buyable(self) -> bool: ...


V = TypeVar("V", bound=Choosable)


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of an option: the variant that choosing it leads to."""

    code: str
    label: Mapping[str, str]
    sku: str
    chosen: bool
    buyable: bool


def nearest(variants: Sequence[V], wanted: Mapping[str, str], fixed: str | None = None) -> V | None:
    """The variant with most of the `wanted` values, one that can be bought first; `fixed` names an option that must match."""
    fitting = [v for v in variants if fixed is None or v.options.get(fixed) == wanted.get(fixed)]
    return max(fitting, key=lambda v: (_shared(v, wanted), v.buyable), default=None)


def _shared(variant: Choosable, wanted: Mapping[str, str]) -> int:
    return sum(variant.options.get(code) == value for code, value in wanted.items())


def choices(option: Option, variants: Sequence[V], current: V) -> list[Choice]:
    """The values of `option`, each with the variant nearest to `current` that has it; values without a variant are left out."""
    found = []
    for value in option.values:
        target = nearest(variants, {**current.options, option.code: value.code}, fixed=option.code)
        if target is not None:
            chosen = current.options.get(option.code) == value.code
            found.append(Choice(value.code, value.label, target.sku, chosen, target.buyable))
    return found
