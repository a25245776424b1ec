"""Money: exact, in one currency, and split without losing a minor unit."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketry.commerce.money import CurrencyMismatch, Money, percentage, total

WEIGHTS = st.lists(st.integers(0, 10**12), min_size=1, max_size=40)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


@given(st.integers(-(10**15), 10**15), WEIGHTS)
def test_parts_add_up_to_the_amount(minor: int, weights: list[int]) -> None:
    assert total(usd(minor).allocate(weights), "USD") == usd(minor)


@given(st.integers(-(10**15), 10**15), WEIGHTS)
def test_each_part_is_within_one_unit_of_its_exact_share(minor: int, weights: list[int]) -> None:
    whole = sum(weights) or len(weights)
    shares = weights if sum(weights) else [1] * len(weights)
    for part, weight in zip(usd(minor).allocate(weights), shares, strict=True):
        assert abs(part.minor - Fraction(minor * weight, whole)) < 1


@given(st.integers(0, 10**9), st.lists(st.integers(1, 10**6), min_size=1, max_size=20))
def test_a_weightless_part_gets_nothing(minor: int, weights: list[int]) -> None:
    assert usd(minor).allocate([0, *weights])[0] == usd(0)


def test_ties_go_to_the_earlier_part() -> None:
    assert usd(100).allocate([1, 1, 1]) == [usd(34), usd(33), usd(33)]
    assert usd(-100).allocate([1, 1, 1]) == [usd(-34), usd(-33), usd(-33)]
    assert usd(2).allocate([0, 0, 0]) == [usd(1), usd(1), usd(0)]


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_nothing_is_allocated_to_nobody_or_against_a_weight(weights: list[int]) -> None:
    with pytest.raises(ValueError):
        usd(5).allocate(weights)


def test_currencies_do_not_mix() -> None:
    euro = Money(1, "EUR")
    for mix in (lambda: usd(1) + euro, lambda: usd(1) - euro, lambda: usd(1) < euro, lambda: total([usd(1), euro], "USD")):
        with pytest.raises(CurrencyMismatch, match="USD and EUR"):
            mix()


@pytest.mark.parametrize("minor", [1.0, True, Decimal(1), "1", None])
def test_only_whole_numbers_make_an_amount(minor: object) -> None:
    with pytest.raises(TypeError, match="whole minor units"):
        Money(minor, "USD")  # type: ignore[arg-type]


def test_an_amount_times_a_fraction_is_refused() -> None:
    with pytest.raises(TypeError):
        usd(100) * 0.5  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("19.99", "USD", 1999), ("-0.01", "USD", -1), ("1999", "JPY", 1999), ("1.234", "KWD", 1234), ("1e3", "USD", 100_000),
        ("2.50", "JPY", None), ("0.001", "USD", None), ("NaN", "USD", None), ("Infinity", "USD", None), ("ten", "USD", None),
        ("1e999999999", "USD", None), ("1e-999999999", "USD", None),
        ("12345678901234567890123456789012.34", "USD", 1234567890123456789012345678901234),
    ],
)  # fmt: skip
def test_major_units_are_read_exactly_or_not_at_all(text: str, currency: str, minor: int | None) -> None:
    if minor is None:
        with pytest.raises(ValueError):
            Money.of(text, currency)
    else:
        assert Money.of(text, currency) == Money(minor, currency)


@given(st.integers(-(10**40), 10**40), st.sampled_from(["USD", "JPY", "KWD", "CLF"]))
def test_major_units_and_back(minor: int, currency: str) -> None:
    assert Money.of(Money(minor, currency).amount, currency) == Money(minor, currency)


@given(st.integers(-(10**12), 10**12), st.integers(-20_000, 20_000))
def test_percentages_round_half_away_from_zero(minor: int, basis_points: int) -> None:
    exact = Decimal(minor) * basis_points / 10_000
    assert percentage(usd(minor), basis_points).minor == int(exact.quantize(Decimal(1), rounding="ROUND_HALF_UP"))


def test_an_amount_of_nothing_is_an_amount():
    """`if price` asks whether there is a price: what is given away has one."""
    assert bool(Money(0, "USD")) is True
