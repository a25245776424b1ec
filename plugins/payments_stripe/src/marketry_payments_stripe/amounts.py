"""Minor units as Stripe counts them, which isn't always as ISO 4217 does.

Source: https://docs.stripe.com/currencies#presentment-currencies, #zero-decimal, #three-decimal, #special-cases,
#minimum-and-maximum-charge-amounts.
"""

from marketry.commerce.money import Money, exponent

ZERO = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split())
THREE = frozenset("BHD JOD KWD OMR TND".split())
TWO = frozenset(
    """AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP CRC CVE
    CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD KES KGS KHR KYD KZT
    LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN
    QAR RON RSD RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD STD SZL THB TJS TOP TRY TTD TWD TZS UAH UGX USD UYU UZS WST XCD
    XCG YER ZAR ZMW""".split()
)
# ISK and UGX have no decimals any more, and are sent as if they had two; the last two digits are zeros.
LEAST = {
    **dict.fromkeys(("USD", "AUD", "BRL", "CAD", "CHF", "EUR", "INR", "NZD", "SGD"), 50),
    "AED": 200, "BGN": 100, "CZK": 1500, "DKK": 250, "GBP": 30, "HKD": 400, "HUF": 17500, "JPY": 50, "MXN": 1000, "MYR": 200,
    "NOK": 300, "PLN": 200, "RON": 200, "SEK": 300, "THB": 1000,
}  # fmt: skip
MOST = 99_999_999  # eight digits, in Stripe's units


def stripe_exponent(currency: str) -> int:
    if currency in ZERO:
        return 0
    return 3 if currency in THREE else 2


def units_of(amount: Money) -> int:
    """What is sent. ValueError where Stripe can't say that amount (a fraction of its unit; 1.234 KWD)."""
    ours, theirs = exponent(amount.currency), stripe_exponent(amount.currency)
    units, rest = divmod(amount.minor * 10**theirs, 10**ours)
    if rest or (amount.currency in THREE and units % 10):
        raise ValueError(f"{amount.currency} has no such small coin at Stripe")
    return int(units)


def chargeable(amount: Money) -> bool:
    """Whether Stripe takes this currency, and so much of it at once (nothing at all is never charged). Its least amounts are
    those of the account's own currency; others are converted first, and Stripe itself says no."""
    if amount.currency not in ZERO | TWO | THREE:
        return False
    if not amount.minor:
        return True
    try:
        return LEAST.get(amount.currency, 1) <= units_of(amount) <= MOST
    except ValueError:
        return False


def money_of(units: int, currency: str) -> Money:
    """What came. `currency` in either case."""
    code = currency.upper()
    minor, rest = divmod(units * 10 ** exponent(code), 10 ** stripe_exponent(code))
    if rest:
        raise ValueError(f"{units} {code} is a fraction of its smallest coin")
    return Money(minor, code)
