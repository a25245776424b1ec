"""alipay.trade.refund and its query.

https://opendocs.alipay.com/apis/api_1/alipay.trade.refund, …/alipay.trade.fastpay.refund.query

A refund is known by its `out_request_no`: repeated with the same amount it moves nothing (`fund_change` N), with another amount
it is refused. The query answers 10000 without any `refund_status` for a number it has no successful refund of.
"""

from __future__ import annotations

import re

from marketry_gateways.alipay.amounts import read_amount, write_amount
from marketry_gateways.alipay.bank import Bank
from marketry_gateways.alipay.calls import Call
from marketry_gateways.alipay.clock import written
from marketry_gateways.alipay.methods.query import SUCCESS, trade_of
from marketry_gateways.alipay.orders import text_of
from marketry_gateways.alipay.refusals import business
from marketry_gateways.alipay.trades import RefundState

_REQUEST_NUMBER = re.compile(r"[0-9A-Za-z_\-:.]{0,64}")


def refund(bank: Bank, call: Call) -> dict[str, object]:
    number = text_of(call.content, "out_request_no")
    if not _REQUEST_NUMBER.fullmatch(number):
        raise business("ACQ.INVALID_PARAMETER", "参数无效:out_request_no")
    amount = read_amount(call.content.get("refund_amount"), "refund_amount")
    reason = text_of(call.content, "refund_reason")
    with bank.book.lock:
        trade = trade_of(bank, call)
        made, moved = bank.book.refund(trade, amount, number, reason)
        fields: dict[str, object] = {
            **SUCCESS,
            "buyer_logon_id": trade.buyer.logon,
            "buyer_user_id": trade.buyer.number,
            "fund_change": "Y" if moved else "N",
            "out_trade_no": trade.order.out_trade_no,
            "refund_fee": write_amount(trade.refunded),
            "send_back_fee": write_amount(made.amount) if moved else "0.00",
            "trade_no": trade.trade_no,
        }
        if made.refunded_at:
            fields["gmt_refund_pay"] = written(made.refunded_at)
            fields["refund_detail_item_list"] = [{"amount": write_amount(made.amount), "fund_channel": "ALIPAYACCOUNT"}]
        return fields


def refund_query(bank: Bank, call: Call) -> dict[str, object]:
    number = text_of(call.content, "out_request_no")
    if not number:
        raise business("ACQ.INVALID_PARAMETER", "参数无效:out_request_no")
    with bank.book.lock:
        trade = trade_of(bank, call)
        made = trade.refund(number)
        if made is None or made.state is not RefundState.SUCCESS or made.refunded_at is None:
            return {**SUCCESS}
        fields: dict[str, object] = {
            **SUCCESS,
            "out_request_no": number,
            "out_trade_no": trade.order.out_trade_no,
            "refund_amount": write_amount(made.amount),
            "refund_status": "REFUND_SUCCESS",
            "total_amount": write_amount(trade.total),
            "trade_no": trade.trade_no,
        }
        wanted = call.content.get("query_options")
        if isinstance(wanted, list) and "gmt_refund_pay" in wanted:
            fields["gmt_refund_pay"] = written(made.refunded_at)
        if made.reason:
            fields["refund_reason"] = made.reason
        return fields
