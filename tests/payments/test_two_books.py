"""The shop's ledger equals the gateway's own book."""

import pytest
from tests.payments.agreeing import books_agree
from tests.payments.till import Till

PAID = [("capture", "succeeded", 1999, "USD")]
PAID_CNY = [("capture", "succeeded", 13993, "CNY")]


def test_a_card_is_paid_with_and_both_books_agree(till: Till) -> None:
    number, token, address = till.order("stripe")
    assert address.startswith(till.stripe.url)
    assert till.state(number, token) == "pending"
    page = till.come_back(till.card(address))
    assert page.status_code == 200
    assert page.url.path == f"/orders/{number}"
    till.becomes(number, token, "paid")
    assert books_agree(till, number) == PAID


def test_a_buyer_who_closes_the_browser_has_paid_all_the_same(till: Till) -> None:
    number, token, address = till.order("stripe")
    till.card(address)
    till.becomes(number, token, "paid")
    assert books_agree(till, number) == PAID


def test_a_notice_that_never_comes_is_made_up_for_by_the_return(till: Till) -> None:
    till.stripe.hold()
    number, token, address = till.order("stripe")
    till.come_back(till.card(address))
    assert till.state(number, token) == "paid"
    till.stripe.release(order="reversed", parallel=True)
    assert books_agree(till, number) == PAID


def test_the_same_notice_ten_times_at_once_is_settled_once(till: Till) -> None:
    till.stripe.hold()
    number, token, address = till.order("stripe")
    till.card(address)
    till.stripe.release()
    till.stripe.repeat(10, type="checkout.session.completed", parallel=True)
    till.becomes(number, token, "paid")
    assert books_agree(till, number) == PAID


@pytest.mark.parametrize("flaw", ["altered", "forged", "stale", "future", "unsigned"])
def test_a_notice_that_isnt_genuine_is_refused(till: Till, flaw: str) -> None:
    number, token, address = till.order("stripe")
    till.stripe.spoil(flaw, times=10)
    till.card(address)
    till.at_rest()
    assert till.state(number, token) == "pending"
    assert [payment.state for payment in till.payments(number)] == ["requires_action"]


def test_a_declined_card_and_then_another(till: Till) -> None:
    number, token, address = till.order("stripe")
    assert till.card(address, "4000000000000002").status_code == 402
    assert till.state(number, token) == "pending"
    till.come_back(till.card(address))
    till.becomes(number, token, "paid")
    assert books_agree(till, number) == PAID


def test_alipay_is_paid_with_and_both_books_agree(till: Till) -> None:
    number, token, address = till.order("alipay", currency="CNY")
    assert address.startswith(till.alipay.base)
    till.browser.get(till.scan(number, address), follow_redirects=True)
    till.becomes(number, token, "paid")
    assert books_agree(till, number) == PAID_CNY


def test_alipay_tells_a_shop_whose_buyer_never_returns(till: Till) -> None:
    number, token, address = till.order("alipay", currency="CNY")
    till.scan(number, address)
    till.becomes(number, token, "paid")
    assert books_agree(till, number) == PAID_CNY


def test_staff_see_what_was_paid_and_by_what(till: Till) -> None:
    number, _ = till.paid("stripe")
    (payment,) = till.seen(number)["payments"]
    assert (payment["label"], payment["state"], payment["refundable"]) == (
        "Visa •••• 4242",
        "captured",
        {"minor": 1999, "currency": "USD"},
    )
