"""What a merchant asks to be paid for, read from `biz_content`.

Fields: https://opendocs.alipay.com/apis/api_1/alipay.trade.page.pay, …/alipay.trade.wap.pay, …/alipay.trade.precreate
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from marketry_gateways.alipay.amounts import read_amount
from marketry_gateways.alipay.clock import read
from marketry_gateways.alipay.refusals import business

PRODUCT_CODES = {
    "alipay.trade.page.pay": ("FAST_INSTANT_TRADE_PAY",),
    "alipay.trade.wap.pay": ("QUICK_WAP_WAY", "QUICK_WAP_PAY"),
    "alipay.trade.precreate": ("", "FACE_TO_FACE_PAYMENT", "QR_CODE_OFFLINE"),
}
_NUMBER = re.compile(r"[0-9A-Za-z_]{1,64}")
_TIMEOUT = re.compile(r"([1-9][0-9]{0,4})([mhd])|1c")
LONGEST = timedelta(days=15)


@dataclass(frozen=True)
class Order:
    """One request to be paid; `time_expire` is absolute, `timeout` counts from the moment the trade exists."""

    method: str
    out_trade_no: str
    total: Decimal
    subject: str
    body: str = ""
    product_code: str = ""
    notify_url: str = ""
    return_url: str = ""
    quit_url: str = ""
    passback_params: str = ""
    time_expire: datetime | None = None
    timeout: timedelta = LONGEST


def read_order(method: str, parameters: Mapping[str, str], content: Mapping[str, object], now: datetime) -> Order:
    """Raises the documented refusal of the first field that isn't as it must be."""
    out_trade_no = text_of(content, "out_trade_no")
    if not _NUMBER.fullmatch(out_trade_no):
        raise business("ACQ.INVALID_PARAMETER", "参数无效:out_trade_no")
    subject = text_of(content, "subject")
    if not subject or len(subject) > 256 or set(subject) & set("/=&"):
        raise business("ACQ.INVALID_PARAMETER", "参数无效:subject")
    product = text_of(content, "product_code")
    if product not in PRODUCT_CODES[method]:
        raise business("ACQ.INVALID_PARAMETER", "参数无效:product_code")
    total = read_amount(content.get("total_amount"))
    expire, timeout = _deadline(content, now)
    return Order(
        method=method,
        out_trade_no=out_trade_no,
        total=total,
        subject=subject,
        body=text_of(content, "body"),
        product_code=product,
        notify_url=parameters.get("notify_url", ""),
        return_url=parameters.get("return_url", ""),
        quit_url=text_of(content, "quit_url"),
        passback_params=text_of(content, "passback_params"),
        time_expire=expire,
        timeout=timeout,
    )


def text_of(content: Mapping[str, object], name: str) -> str:
    """A string field, empty where it isn't there."""
    value = content.get(name, "")
    if not isinstance(value, str):
        raise business("ACQ.INVALID_PARAMETER", f"参数无效:{name}")
    return value


def _deadline(content: Mapping[str, object], now: datetime) -> tuple[datetime | None, timedelta]:
    expire = text_of(content, "time_expire")
    if expire:
        try:
            moment = read(expire)
        except ValueError as error:
            raise business("ACQ.INVALID_PARAMETER", "参数无效:time_expire") from error
        if moment <= now:
            raise business("ACQ.INVALID_PARAMETER", "参数无效:time_expire 已过期")
        return min(moment, now + LONGEST), LONGEST
    return None, _timeout(text_of(content, "timeout_express"), now)


def _timeout(text: str, now: datetime) -> timedelta:
    """`90m`, `2h`, `15d`, or `1c`: until the end of today. From 1m to 15d."""
    if not text:
        return LONGEST
    match = _TIMEOUT.fullmatch(text)
    if match is None:
        raise business("ACQ.INVALID_PARAMETER", "参数无效:timeout_express")
    if text == "1c":
        return now.replace(hour=23, minute=59, second=59, microsecond=0) - now
    unit = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}[match[2]]
    span = int(match[1]) * unit
    if span > LONGEST:
        raise business("ACQ.INVALID_PARAMETER", "参数无效:timeout_express")
    return span
