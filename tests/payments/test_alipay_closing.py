"""Trades at Alipay that end without money, and money that comes all the same: it goes back exactly once."""

from typing import Any

import pytest
from marketry_gateways.alipay.refusals import Refusal
from tests.payments.agreeing import books_agree
from tests.payments.till import Till, until

TAKEN = ("capture", "succeeded", 13993, "CNY")
BACK = ("refund", "succeeded", 13993, "CNY")


def trade(till: Till, number: str) -> Any:
    key = till.key_of(number)
    return next(t for t in till.alipay.book.as_json()["trades"] if t["out_trade_no"] == key)  # type: ignore[attr-defined]


def cancelled(till: Till, number: str) -> None:
    assert till.deed(number, "cancel", reason="Changed their mind").status_code in (200, 202)
    until(lambda: till.seen(number)["status"] == "cancelled", 60)


def test_an_order_that_is_cancelled_closes_its_trade_and_nobody_can_pay_it(till: Till) -> None:
    number, _, address = till.order("alipay", currency="CNY")
    till.browser.get(address, follow_redirects=True)
    key = till.key_of(number)
    till.alipay.controls.sign_in(key)
    cancelled(till, number)
    until(lambda: trade(till, number)["status"] == "TRADE_CLOSED", 60)
    with pytest.raises(Refusal):
        till.alipay.controls.pay(key)
    assert books_agree(till, number) == []
    assert [payment.state for payment in till.payments(number)] == ["cancelled"]


def test_a_cashier_opened_after_the_order_was_cancelled_gives_the_money_back_once(till: Till) -> None:
    """Alipay knows no trade before somebody opens the cashier, so there was nothing to close."""
    number, token, address = till.order("alipay", currency="CNY")
    cancelled(till, number)
    till.scan(number, address)
    till.becomes(number, token, "refunded", 90)
    till.alipay.controls.notify(till.key_of(number), copies=5, parallel=True)
    assert books_agree(till, number) == [TAKEN, BACK]
    (refund,) = trade(till, number)["refunds"]
    assert (refund["amount"], refund["state"]) == ("139.93", "SUCCESS")


def test_a_trade_whose_time_is_up_is_closed_and_told(till: Till) -> None:
    number, token, address = till.order("alipay", currency="CNY")
    till.browser.get(address, follow_redirects=True)
    till.alipay.controls.sign_in(till.key_of(number))
    till.alipay.controls.advance(31 * 60)
    until(lambda: till.payments(number)[0].state == "expired", 60)
    assert trade(till, number)["status"] == "TRADE_CLOSED"
    assert till.state(number, token) == "none"
    assert books_agree(till, number) == []


def test_a_trade_whose_refund_period_is_over_stays_paid(till: Till) -> None:
    number, token = till.paid("alipay")
    till.alipay.controls.finish(till.key_of(number))
    assert books_agree(till, number) == [TAKEN]
    assert till.state(number, token) == "paid"
    said = till.deed(number, "refund", amount=13993)
    assert said.status_code in (200, 202, 409), said.text
    assert books_agree(till, number) == [TAKEN]
    assert till.state(number, token) == "paid"


def test_a_wholly_refunded_trade_is_closed_at_alipay_and_was_paid_once(till: Till) -> None:
    """Its notices come to the same address as those of the payment; none of them is a second payment."""
    number, token = till.paid("alipay")
    assert till.deed(number, "refund", amount=13993).status_code in (200, 202)
    till.becomes(number, token, "refunded", 60)
    assert trade(till, number)["status"] == "TRADE_CLOSED"
    key = till.key_of(number)
    answers = till.alipay.controls.notify(key, copies=5, parallel=True)
    assert {(delivery.status, delivery.body) for delivery in answers} == {(200, "success")}
    assert {delivery.notification.fields["trade_status"] for delivery in answers} == {"TRADE_CLOSED"}
    assert books_agree(till, number) == [TAKEN, BACK]
    assert len(till.payments(number)) == 1
    assert till.state(number, token) == "refunded"
