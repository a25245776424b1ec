"""Refunds: known by their `out_request_no`, partial, repeated, never more than was paid."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from gateways.tests.alipay.merchant import Merchant, refused

FASTPAY = "alipay.trade.fastpay.refund.query"


def asked(merchant: Merchant, number: str, order: str = "A1", **more: object) -> dict[str, object]:
    return merchant.call(FASTPAY, {"out_trade_no": order, "out_request_no": number, **more})


def test_three_parts_of_ten_close_the_trade_and_a_cent_more_is_refused(merchant: Merchant) -> None:
    merchant.buy("A1", "10.00")
    answers = [merchant.refund("A1", amount, number) for amount, number in (("3.33", "r1"), ("3.33", "r2"), ("3.34", "r3"))]
    assert [(a["fund_change"], a["refund_fee"], a["send_back_fee"]) for a in answers] == [
        ("Y", "3.33", "3.33"),
        ("Y", "6.66", "3.33"),
        ("Y", "10.00", "3.34"),
    ]
    assert merchant.query("A1")["trade_status"] == "TRADE_CLOSED"
    assert refused(merchant.refund("A1", "0.01", "r4")) == ("40004", "ACQ.REASON_TRADE_REFUND_FEE_ERR")
    assert str(merchant.twin.book.refunded) == "10.00"


def test_a_partial_refund_leaves_the_trade_successful(merchant: Merchant) -> None:
    merchant.buy("A1", "10.00")
    merchant.refund("A1", "3.33", "r1")
    assert merchant.query("A1")["trade_status"] == "TRADE_SUCCESS"


def test_the_same_number_and_amount_again_moves_nothing(merchant: Merchant) -> None:
    merchant.buy("A1", "10.00")
    first, again = merchant.refund("A1", "3.33", "r1"), merchant.refund("A1", "3.33", "r1")
    assert (first["fund_change"], again["fund_change"]) == ("Y", "N")
    assert (again["code"], again["refund_fee"], again["send_back_fee"]) == ("10000", "3.33", "0.00")
    assert str(merchant.twin.book.refunded) == "3.33"


def test_a_full_refund_repeated_is_still_the_same_refund(merchant: Merchant) -> None:
    merchant.buy("A1", "10.00")
    assert merchant.refund("A1", "10.00", "r1")["fund_change"] == "Y"
    assert merchant.refund("A1", "10.00", "r1")["fund_change"] == "N"
    assert str(merchant.twin.book.refunded) == "10.00"


def test_the_same_number_with_another_amount_is_refused(merchant: Merchant) -> None:
    merchant.buy("A1", "10.00")
    merchant.refund("A1", "3.33", "r1")
    assert refused(merchant.refund("A1", "3.34", "r1")) == ("40004", "ACQ.DISCORDANT_REPEAT_REQUEST")
    assert str(merchant.twin.book.refunded) == "3.33"


@pytest.mark.parametrize(("before", "amount"), [("", "10.01"), ("6.67", "3.34")])
def test_more_than_is_left_is_refused(merchant: Merchant, before: str, amount: str) -> None:
    merchant.buy("A1", "10.00")
    if before:
        merchant.refund("A1", before, "r1")
    assert refused(merchant.refund("A1", amount, "r2")) == ("40004", "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
    assert str(merchant.twin.book.refunded) == (before or "0.00")


def test_without_a_request_number_only_the_whole_goes_back_and_only_once(merchant: Merchant) -> None:
    merchant.buy("A1", "10.00")
    assert refused(merchant.refund("A1", "3.33")) == ("40004", "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
    assert merchant.refund("A1", "10.00")["fund_change"] == "Y"
    assert merchant.refund("A1", "10.00")["fund_change"] == "N"
    assert asked(merchant, "A1")["refund_status"] == "REFUND_SUCCESS"


def test_what_was_never_paid_has_nothing_to_refund(merchant: Merchant) -> None:
    assert refused(merchant.refund("A1", "1.00", "r1")) == ("40004", "ACQ.TRADE_NOT_EXIST")
    merchant.sign_in(merchant.open("A1"))
    assert refused(merchant.refund("A1", "1.00", "r1")) == ("40004", "ACQ.TRADE_STATUS_ERROR")
    merchant.call("alipay.trade.close", {"out_trade_no": "A1"})
    assert refused(merchant.refund("A1", "1.00", "r1")) == ("40004", "ACQ.TRADE_HAS_CLOSE")


@pytest.mark.parametrize("amount", ["0", "0.00", "1.001", "-1", "1e1", ""])
def test_an_amount_that_is_none_is_refused(merchant: Merchant, amount: str) -> None:
    merchant.buy("A1", "10.00")
    assert refused(merchant.refund("A1", amount, "r1")) == ("40004", "ACQ.INVALID_PARAMETER")


def test_a_json_number_is_no_amount(merchant: Merchant) -> None:
    merchant.buy("A1", "10.00")
    content = {"out_trade_no": "A1", "refund_amount": 3.33, "out_request_no": "r1"}
    assert refused(merchant.call("alipay.trade.refund", content)) == ("40004", "ACQ.INVALID_PARAMETER")


def test_a_refund_can_be_asked_for_by_its_number(merchant: Merchant) -> None:
    merchant.buy("A1", "10.00")
    merchant.refund("A1", "3.33", "r1", refund_reason="chipped")
    answer = asked(merchant, "r1", query_options=["gmt_refund_pay"])
    assert (answer["refund_status"], answer["refund_amount"], answer["total_amount"]) == ("REFUND_SUCCESS", "3.33", "10.00")
    assert answer["refund_reason"] == "chipped"
    assert len(str(answer["gmt_refund_pay"])) == 19


def test_a_refund_that_does_not_exist_is_answered_with_success_and_nothing_else(merchant: Merchant) -> None:
    merchant.buy("A1", "10.00")
    assert asked(merchant, "r9") == {"code": "10000", "msg": "Success"}
    assert refused(asked(merchant, "r9", order="B1")) == ("40004", "ACQ.TRADE_NOT_EXIST")
    assert refused(asked(merchant, "")) == ("40004", "ACQ.INVALID_PARAMETER")


def test_a_refund_on_its_way_is_none_yet_and_holds_its_amount(merchant: Merchant) -> None:
    merchant.buy("A1", "10.00")
    merchant.twin.controls.pend_refunds()
    assert merchant.refund("A1", "6.00", "r1")["fund_change"] == "N"
    assert asked(merchant, "r1") == {"code": "10000", "msg": "Success"}
    assert refused(merchant.refund("A1", "6.00", "r2")) == ("40004", "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
    assert merchant.twin.book.refunded == 0
    merchant.twin.controls.settle_refund("A1", "r1")
    assert asked(merchant, "r1")["refund_status"] == "REFUND_SUCCESS"
    assert str(merchant.twin.book.refunded) == "6.00"


def test_a_refund_that_failed_may_be_tried_again_under_its_number(merchant: Merchant) -> None:
    merchant.buy("A1", "10.00")
    merchant.twin.controls.pend_refunds()
    merchant.refund("A1", "6.00", "r1")
    merchant.twin.controls.settle_refund("A1", "r1", succeeds=False)
    assert asked(merchant, "r1") == {"code": "10000", "msg": "Success"}
    assert merchant.refund("A1", "6.00", "r1")["fund_change"] == "Y"
    assert str(merchant.twin.book.refunded) == "6.00"


def test_an_empty_till_refunds_nothing(merchant: Merchant) -> None:
    merchant.buy("A1", "10.00")
    merchant.twin.controls.seller_balance("5.00")
    assert refused(merchant.refund("A1", "5.01", "r1")) == ("40004", "ACQ.SELLER_BALANCE_NOT_ENOUGH")
    assert merchant.refund("A1", "5.00", "r1")["fund_change"] == "Y"
    assert refused(merchant.refund("A1", "0.01", "r2")) == ("40004", "ACQ.SELLER_BALANCE_NOT_ENOUGH")


def test_two_at_once_never_refund_more_than_was_paid(merchant: Merchant) -> None:
    merchant.buy("A1", "10.00")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: merchant.refund("A1", "6.00", f"r{n}"), range(8)))
    assert sorted(str(refused(a)[1]) for a in answers) == ["ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"] * 7 + ["None"]
    assert str(merchant.twin.book.refunded) == "6.00"
