"""alipay.trade.close and cancel: https://opendocs.alipay.com/apis/api_1/alipay.trade.close, …/alipay.trade.cancel

Close ends an unpaid trade and knows no order that no buyer has opened. Cancel undoes whatever there is: an unscanned code is
withdrawn, an unpaid trade closed, a paid one refunded in full within a day.
"""

from __future__ import annotations

from datetime import timedelta

from marketry_gateways.alipay.bank import Bank
from marketry_gateways.alipay.calls import Call
from marketry_gateways.alipay.methods.query import SUCCESS, trade_of
from marketry_gateways.alipay.orders import text_of
from marketry_gateways.alipay.refusals import Refusal, business
from marketry_gateways.alipay.trades import Status, Trade

CANCEL_WITHIN = timedelta(hours=24)


def close(bank: Bank, call: Call) -> dict[str, object]:
    with bank.book.lock:
        trade = trade_of(bank, call)
        bank.book.close(trade)
        return {**SUCCESS, "out_trade_no": trade.order.out_trade_no, "trade_no": trade.trade_no}


def cancel(bank: Bank, call: Call) -> dict[str, object]:
    with bank.book.lock:
        try:
            trade = trade_of(bank, call)
        except Refusal as refusal:
            if refusal.sub_code != "ACQ.TRADE_NOT_EXIST":
                raise
            return _withdrawn(bank, text_of(call.content, "out_trade_no"))
        action = _undone(bank, trade)
        numbers = {"out_trade_no": trade.order.out_trade_no, "trade_no": trade.trade_no}
        return {**SUCCESS, **numbers, "retry_flag": "N", **({"action": action} if action else {})}


def _withdrawn(bank: Bank, out_trade_no: str) -> dict[str, object]:
    bank.book.withdraw_codes(out_trade_no)
    return {**SUCCESS, "out_trade_no": out_trade_no, "retry_flag": "N"}


def _undone(bank: Bank, trade: Trade) -> str:
    if trade.status is Status.TRADE_FINISHED:
        raise business("ACQ.TRADE_HAS_FINISHED")
    if trade.status is Status.TRADE_CLOSED:
        return ""
    if trade.paid_at is None:
        bank.book.close(trade)
        return "close"
    if trade.refunds:
        raise business("ACQ.REASON_TRADE_REFUND_FEE_ERR")
    if bank.clock.now() > trade.paid_at + CANCEL_WITHIN:
        raise business("ACQ.TRADE_CANCEL_TIME_OUT")
    bank.book.refund(trade, trade.total, "", "cancel")
    return "refund"
