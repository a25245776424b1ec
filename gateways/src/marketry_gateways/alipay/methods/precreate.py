"""alipay.trade.precreate: a code to scan; the trade exists once somebody has.

https://opendocs.alipay.com/apis/api_1/alipay.trade.precreate
"""

from __future__ import annotations

from marketry_gateways.alipay.bank import Bank
from marketry_gateways.alipay.calls import Call
from marketry_gateways.alipay.methods.query import SUCCESS
from marketry_gateways.alipay.orders import read_order
from marketry_gateways.alipay.refusals import business


def precreate(bank: Bank, call: Call) -> dict[str, object]:
    order = read_order(call.method, call.parameters, call.content, bank.clock.now())
    with bank.book.lock:
        for code in bank.book.codes_for(order.out_trade_no):
            if code.order.total != order.total:
                raise business("ACQ.CONTEXT_INCONSISTENT")
        checkout = bank.book.open_checkout(order, prefix="bax")
        return {**SUCCESS, "out_trade_no": order.out_trade_no, "qr_code": f"{bank.base}/{checkout.token}"}
