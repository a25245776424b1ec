"""Money in minor units. No float anywhere; arithmetic only within one currency."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

# ISO 4217, table A.1: currencies whose minor unit is not a hundredth.
EXPONENTS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}


def exponent(currency: str) -> int:
    """Digits after the decimal point of `currency` (ISO 4217)."""
    return EXPONENTS.get(currency, 2)


class CurrencyMismatch(ValueError):
    """Two currencies met in one sum."""


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: `minor` units (cents, fen, yen) of an ISO 4217 `currency`."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, quantity: int) -> "Money":
        return Money(self.minor * quantity, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} don't add up")
        return other.minor

    @property
    def amount(self) -> Decimal:
        """The amount in major units, exact: Money(1999, "USD").amount == Decimal("19.99")."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    @classmethod
    def zero(cls, currency: str) -> "Money":
        return cls(0, currency)

    @classmethod
    def of(cls, amount: Decimal | str, currency: str) -> "Money":
        """From major units; refuses a fraction of a minor unit."""
        minor = Decimal(amount).scaleb(exponent(currency))
        if minor != minor.to_integral_value():
            raise ValueError(f"{amount} {currency} has a fraction of a minor unit")
        return cls(int(minor), currency)

    def allocate(self, weights: Sequence[int]) -> list["Money"]:
        """Split in proportion to `weights` (not negative) by largest remainder; the parts add up exactly.

        All weights zero: the parts are as equal as can be. Ties go to the earlier part.
        """
        if not weights:
            raise ValueError("nothing to allocate to")
        if min(weights) < 0:
            raise ValueError("a weight is negative")
        total = sum(weights)
        if total == 0:
            weights, total = [1] * len(weights), len(weights)
        sign, size = (-1, -self.minor) if self.minor < 0 else (1, self.minor)
        parts = [size * w // total for w in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % total), i))
        for i in by_remainder[: size - sum(parts)]:
            parts[i] += 1
        return [Money(sign * part, self.currency) for part in parts]


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of `amounts`, zero of `currency` where there are none."""
    result = Money.zero(currency)
    for amount in amounts:
        result += amount
    return result


def percentage(amount: Money, basis_points: int) -> Money:
    """`basis_points` hundredths of a percent of `amount`, rounded half away from zero."""
    size = abs(amount.minor) * basis_points
    rounded = (size + 5_000) // 10_000
    return Money(rounded if amount.minor >= 0 else -rounded, amount.currency)
