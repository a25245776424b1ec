"""Amounts in the smallest unit of a currency, by Stripe's rules. Source: https://docs.stripe.com/currencies"""

from __future__ import annotations

from marketry_gateways.stripe.errors import StripeRefusal

ZERO_DECIMAL = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())
THREE_DECIMAL = frozenset("bhd jod kwd omr tnd".split())
WHOLE_ONLY = frozenset(("isk", "ugx"))
"""Zero-decimal in life, two-decimal on the wire: the last two digits must be 00."""
TWO_DECIMAL = frozenset(
    """aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny cop crc cve
    czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr isk jmd kes kgs khr kyd kzt
    lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln
    qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah ugx usd uyu uzs wst xcd
    xcg yer zar zmw""".split()
)
SUPPORTED = ZERO_DECIMAL | THREE_DECIMAL | TWO_DECIMAL
MINIMUM = {
    **dict.fromkeys(("usd", "aud", "brl", "cad", "chf", "eur", "inr", "nzd", "sgd"), 50),
    "aed": 200,
    "bgn": 100,
    "czk": 1500,
    "dkk": 250,
    "gbp": 30,
    "hkd": 400,
    "huf": 17500,
    "jpy": 50,
    "mxn": 1000,
    "myr": 200,
    "nok": 300,
    "pln": 200,
    "ron": 200,
    "sek": 300,
    "thb": 1000,
}
"""Smallest charge per settlement currency; others are bounded after conversion, which the twin doesn't do."""
LARGEST = 99_999_999


def places(currency: str) -> int:
    """Decimal places of an amount on the wire."""
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def words(amount: int, currency: str) -> str:
    """An amount as a person reads it: ``19.99 EUR``, ``500 JPY``."""
    digits = places(currency)
    return f"{amount / 10**digits:,.{digits}f} {currency.upper()}"


def demand_currency(currency: str, param: str) -> str:
    """A currency that can be charged, in lower case."""
    if currency.lower() not in SUPPORTED:
        known = ", ".join(sorted(SUPPORTED))
        raise StripeRefusal(f"Invalid currency: {currency}. Stripe currently supports these currencies: {known}", param=param)
    return currency.lower()


def demand_shape(amount: int, currency: str, param: str) -> None:
    """Whole units where the currency has no smaller ones in practice."""
    if amount < 0:
        raise StripeRefusal("Invalid non-negative integer", code="parameter_invalid_integer", param=param)
    step = 10 if currency in THREE_DECIMAL else 100 if currency in WHOLE_ONLY else 1
    if amount % step:
        raise StripeRefusal(
            f"Invalid amount: {amount}. Amounts in {currency.upper()} must be evenly divisible by {step}.", param=param
        )


def demand_chargeable(amount: int, currency: str, param: str, *, subject: str = "Amount must be") -> None:
    """Between the least and the most that can be charged."""
    demand_shape(amount, currency, param)
    least = MINIMUM.get(currency, 1)
    if amount < least:
        raise StripeRefusal(f"{subject} at least {words(least, currency)}", code="amount_too_small", param=param)
    if amount > LARGEST:
        raise StripeRefusal(f"{subject} no more than {words(LARGEST, currency)}", code="amount_too_large", param=param)
