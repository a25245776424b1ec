"""https://opendocs.alipay.com/apis/api_15/alipay.data.dataservice.bill.downloadurl.query

Bills are of past days or months only, and there is none for a time in which nothing happened.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from marketry_gateways.alipay.bank import Bank
from marketry_gateways.alipay.bills import entries_of
from marketry_gateways.alipay.calls import Call
from marketry_gateways.alipay.methods.query import SUCCESS
from marketry_gateways.alipay.orders import text_of
from marketry_gateways.alipay.refusals import Refusal, business

_DATES = {10: "%Y-%m-%d", 7: "%Y-%m"}


def download_address(bank: Bank, call: Call) -> dict[str, object]:
    kind, date = text_of(call.content, "bill_type"), text_of(call.content, "bill_date")
    if kind != "trade":  # the list of funds (signcustomer) isn't part of the twin
        raise business("ACQ.INVALID_PARAMETER", "参数无效:bill_type")
    if not _is_past(date, bank.clock.now()):
        raise business("ACQ.INVALID_PARAMETER", "参数无效:bill_date")
    if not entries_of(bank.book, date):
        raise Refusal("40004", "isp.bill_not_exist", "账单不存在")
    token = secrets.token_hex(16)
    bank.bills[token] = date
    return {**SUCCESS, "bill_download_url": f"{bank.base}/bill/{token}"}


def _is_past(date: str, now: datetime) -> bool:
    form = _DATES.get(len(date))
    if form is None or not re.fullmatch(r"[0-9-]+", date):
        return False
    try:
        datetime.strptime(date, form)  # noqa: DTZ007 - a day of the calendar, no moment
    except ValueError:
        return False
    return date < now.strftime(form)
