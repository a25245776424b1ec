"""What goes wrong on order, and what has been done by then."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from cryptography.exceptions import InvalidSignature
from gateways.tests.alipay.merchant import Merchant, refused

REFUND, QUERY = "alipay.trade.refund", "alipay.trade.query"


def test_an_answer_lost_after_the_refund_was_made(merchant: Merchant) -> None:
    merchant.buy("A1", "10.00")
    merchant.twin.controls.fault("lost_answer", REFUND)
    with pytest.raises(httpx.TransportError):
        merchant.refund("A1", "3.33", "r1")
    assert str(merchant.twin.book.refunded) == "3.33"
    assert merchant.refund("A1", "3.33", "r1")["fund_change"] == "N"


@pytest.mark.parametrize("kind", ["reset", "error", "unavailable", "refused"])
def test_what_fails_before_its_effect_has_none(merchant: Merchant, kind: str) -> None:
    merchant.buy("A1", "10.00")
    merchant.twin.controls.fault(kind, REFUND)
    parameters = merchant.parameters(REFUND, {"out_trade_no": "A1", "refund_amount": "3.33", "out_request_no": "r1"})
    if kind == "reset":
        with pytest.raises(httpx.TransportError):
            merchant.post(parameters)
    else:
        answer = merchant.post(parameters)
        assert answer.status_code == (500 if kind == "error" else 200)
    assert merchant.twin.book.refunded == 0
    assert merchant.refund("A1", "3.33", "r1")["fund_change"] == "Y"


def test_an_unavailable_service_has_its_own_code_and_a_refusal_the_wanted_one(merchant: Merchant) -> None:
    merchant.twin.controls.fault("unavailable", QUERY)
    merchant.twin.controls.fault("refused", QUERY, sub_code="ACQ.SYSTEM_ERROR")
    assert refused(merchant.query("A1")) == ("20000", "isp.unknow-error")
    assert refused(merchant.query("A1")) == ("40004", "ACQ.SYSTEM_ERROR")
    assert refused(merchant.query("A1")) == ("40004", "ACQ.TRADE_NOT_EXIST")


def test_an_unsure_answer_says_nothing_of_what_was_done(merchant: Merchant) -> None:
    merchant.buy("A1", "10.00")
    merchant.twin.controls.fault("unsure", REFUND)
    assert refused(merchant.refund("A1", "3.33", "r1")) == ("20000", "isp.unknow-error")
    assert str(merchant.twin.book.refunded) == "3.33"


def test_a_slow_answer_comes_late_but_comes(merchant: Merchant) -> None:
    merchant.buy("A1")
    merchant.twin.controls.fault("slow", QUERY, seconds=0.5)
    start = time.monotonic()
    assert merchant.query("A1")["trade_status"] == "TRADE_SUCCESS"
    assert time.monotonic() - start >= 0.4


def test_an_unsigned_and_a_wrongly_signed_answer(merchant: Merchant) -> None:
    merchant.buy("A1")
    merchant.twin.controls.fault("unsigned", QUERY)
    assert "sign" not in json.loads(merchant.post(merchant.parameters(QUERY, {"out_trade_no": "A1"})).text)
    merchant.twin.controls.fault("wrong_signature", QUERY)
    with pytest.raises(InvalidSignature):
        merchant.query("A1")


def test_a_fault_strikes_its_method_only_and_as_often_as_ordered(merchant: Merchant) -> None:
    merchant.twin.controls.fault("unavailable", REFUND, count=2)
    assert refused(merchant.query("A1")) == ("40004", "ACQ.TRADE_NOT_EXIST")
    assert [refused(merchant.refund("A1", "1.00", "r1"))[0] for _ in range(3)] == ["20000", "20000", "40004"]
    merchant.twin.controls.fault("unavailable", count=5)
    merchant.twin.controls.clear_faults()
    assert refused(merchant.query("A1")) == ("40004", "ACQ.TRADE_NOT_EXIST")


def test_the_cashier_can_be_out_of_order_too(merchant: Merchant) -> None:
    merchant.twin.controls.fault("error", "alipay.trade.page.pay")
    assert merchant.open("A1").status_code == 500
    assert merchant.open("A1").status_code == 200


def test_a_twin_that_stops_waits_for_no_hanging_call(merchant: Merchant) -> None:
    merchant.twin.controls.fault("slow", QUERY, seconds=60)
    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(merchant.query, "A1")
        time.sleep(0.2)
        merchant.twin.gateway.stopping = True
        with pytest.raises(httpx.TransportError):
            hanging.result(timeout=30)


def test_others_are_served_while_one_hangs(merchant: Merchant) -> None:
    merchant.twin.controls.fault("slow", QUERY, seconds=3)
    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(merchant.query, "A1")
        time.sleep(0.2)
        assert refused(merchant.refund("A1", "1.00", "r1")) == ("40004", "ACQ.TRADE_NOT_EXIST")
        assert not hanging.done()
        assert refused(hanging.result()) == ("40004", "ACQ.TRADE_NOT_EXIST")
