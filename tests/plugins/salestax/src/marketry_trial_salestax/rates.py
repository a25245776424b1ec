"""Rates by country and tax class, and the tax of an amount; pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from marketry import Money
from marketry.commerce.quote import TaxMode

STANDARD = "standard"


@dataclass(frozen=True, slots=True)
class CountryTax:
    """`rates` in basis points by tax class; a class that isn't named takes the standard rate."""

    name: str
    mode: TaxMode
    rates: Mapping[str, int]

    def rate(self, tax_class: str) -> int:
        return self.rates.get(tax_class, self.rates[STANDARD])


def tax_of(amount: Money, rate: int, mode: TaxMode) -> Money:
    """What comes on top of `amount`, or is in it already; half a minor unit is rounded up."""
    whole = 10_000 if mode is TaxMode.ADDED else 10_000 + rate
    return Money((2 * amount.minor * rate + whole) // (2 * whole), amount.currency)
