"""Notices come early, late, backwards, many times at once, or never: the order is paid once, and both books agree."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest
from tests.payments.agreeing import books_agree
from tests.payments.till import Till

PAID = [("capture", "succeeded", 1999, "USD")]
PAID_CNY = [("capture", "succeeded", 13993, "CNY")]
DAYS = 24 * 3600


def test_the_notice_is_there_before_the_buyer(till: Till) -> None:
    number, token, address = till.order("stripe")
    answer = till.card(address)
    till.becomes(number, token, "paid")
    page = till.come_back(answer)
    assert (page.status_code, page.url.path) == (200, f"/orders/{number}")
    assert books_agree(till, number) == PAID


def test_alipays_notice_is_there_before_the_buyer(till: Till) -> None:
    number, token, address = till.order("alipay", currency="CNY")
    back = till.scan(number, address)
    till.becomes(number, token, "paid")
    page = till.browser.get(back, follow_redirects=True)
    assert (page.status_code, page.url.path) == (200, f"/orders/{number}")
    assert books_agree(till, number) == PAID_CNY


def test_the_buyer_returns_and_no_notice_ever_comes(till: Till) -> None:
    till.stripe.drop(100)
    number, token, address = till.order("stripe")
    till.come_back(till.card(address))
    assert till.state(number, token) == "paid"
    assert books_agree(till, number) == PAID


def test_the_buyer_returns_from_alipay_and_no_notice_ever_comes(till: Till) -> None:
    till.alipay.controls.plan(100, drop=True)
    number, token, address = till.order("alipay", currency="CNY")
    till.browser.get(till.scan(number, address), follow_redirects=True)
    assert till.state(number, token) == "paid"
    assert books_agree(till, number) == PAID_CNY


@pytest.mark.parametrize("orders", [6, pytest.param(50, marks=pytest.mark.heavy)])
def test_buyers_return_in_the_moment_in_which_their_notices_come(till: Till, orders: int) -> None:
    till.stripe.hold()
    placed = [till.order("stripe") for _ in range(orders)]
    answers = [till.card(address) for _, _, address in placed]
    together = Barrier(orders + 1)

    def return_to_the_shop(address: str) -> int:
        with httpx.Client(trust_env=False, timeout=120) as browser:
            together.wait()
            return browser.get(address, follow_redirects=True).status_code

    with ThreadPoolExecutor(orders) as pool:
        arrived = [pool.submit(return_to_the_shop, answer.headers["location"]) for answer in answers]
        together.wait()
        till.stripe.release(parallel=True)
        assert [one.result() for one in arrived] == [200] * orders
    for number, token, _ in placed:
        till.becomes(number, token, "paid", 60)
        assert books_agree(till, number) == PAID


def test_alipays_notice_comes_ten_times_at_once_and_once_more_after_the_refund(till: Till) -> None:
    """A refund is told at the same address, and repeats what was paid."""
    till.alipay.controls.plan(copies=10, parallel=True)
    number, _ = till.paid("alipay")
    assert books_agree(till, number) == PAID_CNY
    assert till.deed(number, "refund", amount=1000).status_code in (200, 202)
    till.at_rest()
    told = till.alipay.controls.notify(till.key_of(number), copies=3, parallel=True)
    assert [(one.status, one.body) for one in told] == [(200, "success")] * 3
    assert books_agree(till, number) == [*PAID_CNY, ("refund", "succeeded", 1000, "CNY")]


def test_notices_come_three_days_late_and_backwards(till: Till) -> None:
    till.stripe.hold()
    number, token, address = till.order("stripe")
    till.card(address)
    till.stripe.advance(3 * DAYS)
    assert till.state(number, token) == "pending"
    assert len(till.stripe.held()) > 1
    till.stripe.release(order="reversed")
    till.becomes(number, token, "paid")
    assert books_agree(till, number) == PAID


def test_the_notice_of_a_refund_overtakes_that_of_the_payment(till: Till) -> None:
    till.alipay.controls.hold()
    number, token, address = till.order("alipay", currency="CNY")
    till.browser.get(till.scan(number, address), follow_redirects=True)
    assert till.deed(number, "refund", amount=993).status_code in (200, 202)
    assert till.alipay.controls.release(reverse=True) == 2
    assert till.state(number, token) == "partially_refunded"
    assert books_agree(till, number) == [*PAID_CNY, ("refund", "succeeded", 993, "CNY")]


def test_a_refund_made_at_the_gateway_itself_reaches_the_ledger(till: Till) -> None:
    number, token = till.paid("alipay")
    trade = till.alipay.book.trade(till.key_of(number))
    assert trade is not None
    till.alipay.book.refund(trade, trade.total, "by-hand", "")
    till.becomes(number, token, "refunded")
    assert books_agree(till, number) == [*PAID_CNY, ("refund", "succeeded", 13993, "CNY")]
