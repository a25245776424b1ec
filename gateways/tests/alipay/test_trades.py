"""Query, close, cancel, expiry, and the end of the refund period."""

from __future__ import annotations

from datetime import timedelta

import pytest
from gateways.tests.alipay.merchant import Merchant, refused
from marketry_gateways.alipay.clock import written

CLOSE, CANCEL, QUERY = "alipay.trade.close", "alipay.trade.cancel", "alipay.trade.query"


def test_a_paid_trade_tells_all_its_amounts(merchant: Merchant) -> None:
    merchant.buy("A1", "88.88")
    answer = merchant.query("A1")
    assert {
        name: answer[name] for name in ("total_amount", "receipt_amount", "buyer_pay_amount", "invoice_amount", "point_amount")
    } == {
        "total_amount": "88.88",
        "receipt_amount": "88.88",
        "buyer_pay_amount": "88.88",
        "invoice_amount": "88.88",
        "point_amount": "0.00",
    }
    assert answer["trade_status"] == "TRADE_SUCCESS"
    assert answer["fund_bill_list"] == [{"amount": "88.88", "fund_channel": "ALIPAYACCOUNT"}]
    paid = merchant.twin.book.trades[0].paid_at
    assert paid is not None
    assert answer["send_pay_date"] == written(paid)


def test_either_number_finds_a_trade_and_the_trade_number_wins(merchant: Merchant) -> None:
    merchant.buy("A1")
    number = merchant.query("A1")["trade_no"]
    assert merchant.call(QUERY, {"trade_no": number})["out_trade_no"] == "A1"
    assert merchant.call(QUERY, {"trade_no": number, "out_trade_no": "other"})["out_trade_no"] == "A1"
    assert refused(merchant.call(QUERY, {"trade_no": "2026", "out_trade_no": "A1"})) == ("40004", "ACQ.TRADE_NOT_EXIST")
    assert refused(merchant.call(QUERY, {})) == ("40004", "ACQ.INVALID_PARAMETER")
    assert refused(merchant.call(QUERY, {"out_trade_no": 7})) == ("40004", "ACQ.INVALID_PARAMETER")


def test_an_unpaid_trade_can_be_closed_and_then_never_paid(merchant: Merchant) -> None:
    page = merchant.sign_in(merchant.open("A1"))
    answer = merchant.call(CLOSE, {"out_trade_no": "A1"})
    assert (answer["code"], answer["out_trade_no"]) == ("10000", "A1")
    assert merchant.query("A1")["trade_status"] == "TRADE_CLOSED"
    assert "ACQ.TRADE_HAS_CLOSE" in merchant.decide(page, "pay").text
    assert "ACQ.TRADE_HAS_CLOSE" in merchant.open("A1").text
    assert merchant.twin.book.paid == 0


def test_closing_what_is_paid_or_closed_is_refused_and_changes_nothing(merchant: Merchant) -> None:
    merchant.buy("A1")
    assert refused(merchant.call(CLOSE, {"out_trade_no": "A1"})) == ("40004", "ACQ.TRADE_STATUS_ERROR")
    assert merchant.query("A1")["trade_status"] == "TRADE_SUCCESS"
    merchant.sign_in(merchant.open("A2"))
    merchant.call(CLOSE, {"out_trade_no": "A2"})
    assert refused(merchant.call(CLOSE, {"out_trade_no": "A2"})) == ("40004", "ACQ.TRADE_STATUS_ERROR")


def test_closing_what_nobody_has_opened_does_not_stop_a_buyer_who_opens_it_later(merchant: Merchant) -> None:
    page = merchant.open("A1")
    assert refused(merchant.call(CLOSE, {"out_trade_no": "A1"})) == ("40004", "ACQ.TRADE_NOT_EXIST")
    merchant.decide(merchant.sign_in(page), "pay")
    assert str(merchant.twin.book.paid) == "88.88"


def test_cancel_closes_an_unpaid_trade_and_refunds_a_paid_one(merchant: Merchant) -> None:
    merchant.sign_in(merchant.open("A1"))
    assert merchant.call(CANCEL, {"out_trade_no": "A1"})["action"] == "close"
    merchant.buy("A2", "5.00")
    answer = merchant.call(CANCEL, {"out_trade_no": "A2"})
    assert (answer["action"], answer["retry_flag"]) == ("refund", "N")
    assert "action" not in merchant.call(CANCEL, {"out_trade_no": "A2"})
    assert (str(merchant.twin.book.paid), str(merchant.twin.book.refunded)) == ("5.00", "5.00")
    assert merchant.query("A2")["trade_status"] == "TRADE_CLOSED"


def test_cancel_comes_too_late_after_a_day_or_a_refund(merchant: Merchant) -> None:
    merchant.buy("A1", "5.00")
    merchant.refund("A1", "1.00", "r1")
    assert refused(merchant.call(CANCEL, {"out_trade_no": "A1"})) == ("40004", "ACQ.REASON_TRADE_REFUND_FEE_ERR")
    merchant.buy("A2", "5.00")
    merchant.twin.controls.advance(86401)
    assert refused(merchant.call(CANCEL, {"out_trade_no": "A2"})) == ("40004", "ACQ.TRADE_CANCEL_TIME_OUT")
    assert str(merchant.twin.book.refunded) == "1.00"


@pytest.mark.parametrize(("timeout", "seconds"), [("5m", 300), ("2h", 7200), ("1d", 86400), ("", 15 * 86400)])
def test_an_unpaid_trade_closes_when_its_time_is_up(merchant: Merchant, timeout: str, seconds: int) -> None:
    page = merchant.sign_in(merchant.open("A1", timeout_express=timeout))
    merchant.twin.controls.advance(seconds - 5)
    assert merchant.query("A1")["trade_status"] == "WAIT_BUYER_PAY"
    merchant.twin.controls.advance(10)
    assert merchant.query("A1")["trade_status"] == "TRADE_CLOSED"
    assert "ACQ.TRADE_HAS_CLOSE" in merchant.decide(page, "pay").text


def test_time_expire_is_absolute_and_also_stops_a_page_nobody_has_opened(merchant: Merchant) -> None:
    limit = written(merchant.twin.clock.now() + timedelta(minutes=10))
    seen, unseen = merchant.sign_in(merchant.open("A1", time_expire=limit)), merchant.open("A2", time_expire=limit)
    merchant.twin.controls.advance(601)
    assert merchant.query("A1")["trade_status"] == "TRADE_CLOSED"
    assert "ACQ.TRADE_HAS_CLOSE" in merchant.decide(seen, "pay").text
    assert "ACQ.TRADE_HAS_CLOSE" in merchant.sign_in(unseen).text
    assert "ACQ.INVALID_PARAMETER" in merchant.open("A3", time_expire=limit).text


@pytest.mark.parametrize("timeout", ["0m", "16d", "5s", "1.5h", "m", "21601m"])
def test_a_timeout_out_of_range_is_refused(merchant: Merchant, timeout: str) -> None:
    assert "ACQ.INVALID_PARAMETER" in merchant.open("A1", timeout_express=timeout).text


def test_a_paid_trade_does_not_expire_and_may_be_finished(merchant: Merchant) -> None:
    merchant.buy("A1", timeout_express="5m")
    merchant.twin.controls.advance(600)
    assert merchant.query("A1")["trade_status"] == "TRADE_SUCCESS"
    merchant.twin.controls.finish("A1")
    assert merchant.query("A1")["trade_status"] == "TRADE_FINISHED"
    assert refused(merchant.refund("A1", "1.00", "r1")) == ("40004", "ACQ.TRADE_HAS_FINISHED")
    assert merchant.twin.book.refunded == 0
