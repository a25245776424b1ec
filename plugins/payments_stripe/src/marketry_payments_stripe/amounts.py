"""Minor units as Stripe counts them, which isn't always as ISO 4217 does.

Source: https://docs.stripe.com/currencies#zero-decimal, #three-decimal, #special-cases.
"""

from marketry.commerce.money import Money, exponent

ZERO = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split())
THREE = frozenset("BHD JOD KWD OMR TND".split())
# ISK and UGX have no decimals, and are sent as if they had two.


def stripe_exponent(currency: str) -> int:
    if currency in ZERO:
        return 0
    return 3 if currency in THREE else 2


def units_of(amount: Money) -> int:
    """What is sent. ValueError where Stripe can't take that amount (a fraction of its unit; 1.234 KWD)."""
    ours, theirs = exponent(amount.currency), stripe_exponent(amount.currency)
    units, rest = divmod(amount.minor * 10**theirs, 10**ours)
    if rest or (amount.currency in THREE and units % 10):
        raise ValueError(f"{amount.currency} has no such small coin at Stripe")
    return int(units)


def money_of(units: int, currency: str) -> Money:
    """What came. `currency` in either case."""
    code = currency.upper()
    minor, rest = divmod(units * 10 ** exponent(code), 10 ** stripe_exponent(code))
    if rest:
        raise ValueError(f"{units} {code} is a fraction of its smallest coin")
    return Money(minor, code)
