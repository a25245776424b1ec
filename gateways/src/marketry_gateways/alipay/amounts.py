"""Amounts: CNY in exact decimal strings with at most two digits after the point, 0.01 to 100000000."""

from __future__ import annotations

import re
from decimal import Decimal

from marketry_gateways.alipay.refusals import business

LEAST, MOST = Decimal("0.01"), Decimal("100000000")
_WRITTEN = re.compile(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,2})?")


def read_amount(value: object, name: str = "total_amount") -> Decimal:
    """The amount as sent; raises the documented refusal when it isn't one. JSON numbers, which Alipay takes, are refused."""
    if not isinstance(value, str) or not _WRITTEN.fullmatch(value):
        raise business("ACQ.INVALID_PARAMETER", f"参数无效:{name}")
    amount = Decimal(value)
    if not LEAST <= amount <= MOST:
        raise business("ACQ.TOTAL_FEE_EXCEED" if name == "total_amount" else "ACQ.INVALID_PARAMETER")
    return amount


def write_amount(amount: Decimal) -> str:
    """`88.80`: always two digits."""
    return f"{amount:.2f}"
