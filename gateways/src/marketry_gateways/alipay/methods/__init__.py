"""The methods of the open platform that the twin answers, each a function from a call to the fields of its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from marketry_gateways.alipay.bank import Bank
from marketry_gateways.alipay.calls import Call
from marketry_gateways.alipay.methods.billing import download_address
from marketry_gateways.alipay.methods.closing import cancel, close
from marketry_gateways.alipay.methods.precreate import precreate
from marketry_gateways.alipay.methods.query import query
from marketry_gateways.alipay.methods.refunds import refund, refund_query

Method = Callable[[Bank, Call], Mapping[str, object]]

METHODS: Mapping[str, Method] = {
    "alipay.trade.precreate": precreate,
    "alipay.trade.query": query,
    "alipay.trade.close": close,
    "alipay.trade.cancel": cancel,
    "alipay.trade.refund": refund,
    "alipay.trade.fastpay.refund.query": refund_query,
    "alipay.data.dataservice.bill.downloadurl.query": download_address,
}
"""Called server to server, answered in JSON."""

PAGES = frozenset({"alipay.trade.page.pay", "alipay.trade.wap.pay"})
"""Opened by the buyer's browser, answered by the cashier."""
