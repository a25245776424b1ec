"""alipay.trade.query: https://opendocs.alipay.com/apis/api_1/alipay.trade.query"""

from __future__ import annotations

from decimal import Decimal

from marketry_gateways.alipay.amounts import write_amount
from marketry_gateways.alipay.bank import Bank
from marketry_gateways.alipay.calls import Call
from marketry_gateways.alipay.clock import written
from marketry_gateways.alipay.orders import text_of
from marketry_gateways.alipay.trades import Trade

SUCCESS = {"code": "10000", "msg": "Success"}


def trade_of(bank: Bank, call: Call) -> Trade:
    return bank.book.find(text_of(call.content, "out_trade_no"), text_of(call.content, "trade_no"))


def query(bank: Bank, call: Call) -> dict[str, object]:
    with bank.book.lock:
        trade = trade_of(bank, call)
        paid = write_amount(trade.total if trade.paid_at else Decimal("0"))
        fields: dict[str, object] = {
            **SUCCESS,
            "buyer_logon_id": trade.buyer.logon,
            "buyer_pay_amount": paid,
            "buyer_user_id": trade.buyer.number,
            "buyer_user_type": "PRIVATE",
            "invoice_amount": paid,
            "out_trade_no": trade.order.out_trade_no,
            "point_amount": "0.00",
            "receipt_amount": paid,
            "total_amount": write_amount(trade.total),
            "trade_no": trade.trade_no,
            "trade_status": trade.status.value,
        }
        if trade.paid_at:
            fields["send_pay_date"] = written(trade.paid_at)
            fields["fund_bill_list"] = [{"amount": paid, "fund_channel": "ALIPAYACCOUNT"}]
        if trade.order.passback_params:
            fields["passback_params"] = trade.order.passback_params
        return fields
