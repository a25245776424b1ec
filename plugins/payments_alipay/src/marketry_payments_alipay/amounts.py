"""Amounts as Alipay writes them: yuan with two decimals, exact."""

import re

from marketry.commerce.money import Money

CURRENCY = "CNY"
_AMOUNT = re.compile(r"([0-9]{1,11})(?:\.([0-9]{1,2}))?")


def text_of(amount: Money) -> str:
    """`88.88`. ValueError in any other currency: Alipay's domestic products take CNY alone."""
    if amount.currency != CURRENCY:
        raise ValueError(f"Alipay takes {CURRENCY}, not {amount.currency}")
    return f"{amount.minor // 100}.{amount.minor % 100:02}"


def amount_of(text: str) -> Money:
    """ValueError for anything that isn't yuan with at most two decimals."""
    found = _AMOUNT.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no amount")
    yuan, fen = found.groups()
    return Money(int(yuan) * 100 + int((fen or "").ljust(2, "0")), CURRENCY)
