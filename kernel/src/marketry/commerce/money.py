"""Money in minor units. No float anywhere; arithmetic only within one currency."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

# ISO 4217, table A.1: currencies whose minor unit is not a hundredth.
EXPONENTS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}


MOST_DIGITS = 40  # before `1e999999999` makes a number that fills the memory


def exponent(currency: str) -> int:
    """Digits after the decimal point of `currency` (ISO 4217)."""
    return EXPONENTS.get(currency, 2)


class CurrencyMismatch(ValueError):
    """Two currencies met in one sum."""


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: `minor` units (cents, fen, yen) of an ISO 4217 `currency`.

    Only whole numbers make an amount: TypeError for a float, a bool or a Decimal (PostgreSQL's `sum(bigint)`: cast it).
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"an amount counts whole minor units, not {self.minor!r}")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, quantity: int) -> "Money":
        return Money(self.minor * quantity, self.currency)

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
        return Decimal(f"{self.minor}E-{exponent(self.currency)}")

    @classmethod
    def zero(cls, currency: str) -> "Money":
        return cls(0, currency)

    @classmethod
    def of(cls, amount: Decimal | str, currency: str) -> "Money":
        """From major units; ValueError for a fraction of a minor unit and for what is no number."""
        try:
            major = Decimal(amount)
        except InvalidOperation:
            raise ValueError(f"{amount!r} is no amount") from None
        sign, digits, power = major.as_tuple()
        if not isinstance(power, int):  # NaN, Infinity
            raise ValueError(f"{amount!r} is no amount")
        size, shift = int("".join(map(str, digits))), power + exponent(currency)
        if shift > MOST_DIGITS:
            raise ValueError(f"{amount!r} is too large")
        minor, fraction = (size * 10**shift, 0) if shift >= 0 else divmod(size, 10 ** min(-shift, len(digits) + 1))
        if fraction:
            raise ValueError(f"{amount} {currency} has a fraction of a minor unit")
        return cls(-minor if sign else minor, currency)

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
    minor = 0
    for amount in amounts:
        if amount.currency != currency:
            raise CurrencyMismatch(f"{currency} and {amount.currency} don't add up")
        minor += amount.minor
    return Money(minor, currency)


def percentage(amount: Money, basis_points: int) -> Money:
    """`basis_points` hundredths of a percent of `amount`, rounded half away from zero."""
    exact = amount.minor * basis_points
    rounded = (abs(exact) + 5_000) // 10_000
    return Money(rounded if exact >= 0 else -rounded, amount.currency)
