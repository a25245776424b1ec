"""The shop's ledger equals the gateway's own book."""

import pytest
from tests.books import Books
from tests.payments.till import Till

LEDGER = "SELECT kind, phase, amount, currency FROM orders_transaction ORDER BY id"


def ledger(till: Till) -> list[tuple[str, str, int, str]]:
    books = Books(till.site)
    try:
        return [tuple(row) for row in books.rows(LEDGER)]
    finally:
        books.close()


def test_a_card_is_paid_with_and_both_books_agree(till: Till) -> None:
    number, token, address = till.order("stripe")
    assert address.startswith(till.stripe.url)
    assert till.state(number, token) == "pending"
    page = till.come_back(till.card(address))
    assert page.status_code == 200
    assert page.url.path == f"/orders/{number}"
    till.becomes(number, token, "paid")
    assert till.stripe.quiet()
    (payment,) = till.stripe.statement()["payments"]
    assert (payment["captured"], payment["currency"]) == (1999, "usd")
    assert ledger(till) == [("capture", "succeeded", 1999, "USD")]


def test_a_buyer_who_closes_the_browser_has_paid_all_the_same(till: Till) -> None:
    number, token, address = till.order("stripe")
    till.card(address)
    till.becomes(number, token, "paid")
    assert ledger(till) == [("capture", "succeeded", 1999, "USD")]


def test_a_notice_that_never_comes_is_made_up_for_by_the_return(till: Till) -> None:
    till.stripe.hold()
    number, token, address = till.order("stripe")
    till.come_back(till.card(address))
    assert till.state(number, token) == "paid"
    till.stripe.release(order="reversed", parallel=True)
    assert till.stripe.quiet()
    assert ledger(till) == [("capture", "succeeded", 1999, "USD")]


def test_the_same_notice_ten_times_at_once_is_settled_once(till: Till) -> None:
    till.stripe.hold()
    number, token, address = till.order("stripe")
    till.card(address)
    till.stripe.release()
    till.stripe.repeat(10, type="checkout.session.completed", parallel=True)
    till.becomes(number, token, "paid")
    assert till.stripe.quiet()
    assert ledger(till) == [("capture", "succeeded", 1999, "USD")]


@pytest.mark.parametrize("flaw", ["altered", "forged", "stale", "future", "unsigned"])
def test_a_notice_that_isnt_genuine_is_refused(till: Till, flaw: str) -> None:
    number, token, address = till.order("stripe")
    till.stripe.spoil(flaw, times=10)
    till.card(address)
    assert till.stripe.quiet()
    assert till.state(number, token) == "pending"
    assert ledger(till) == []


def test_a_declined_card_and_then_another(till: Till) -> None:
    number, token, address = till.order("stripe")
    assert till.card(address, "4000000000000002").status_code == 402
    assert till.state(number, token) == "pending"
    till.come_back(till.card(address))
    till.becomes(number, token, "paid")


def test_alipay_is_paid_with_and_both_books_agree(till: Till) -> None:
    number, token, address = till.order("alipay", currency="CNY")
    assert address.startswith(till.alipay.base)
    page = till.browser.get(address, follow_redirects=True)
    assert page.status_code == 200
    key = till.key_of(number)
    back = till.alipay.controls.pay(key)
    till.browser.get(back, follow_redirects=True)
    till.becomes(number, token, "paid")
    assert ledger(till) == [("capture", "succeeded", 13993, "CNY")]
    (trade,) = till.browser.get(f"{till.alipay.base}/_book").json()["trades"]
    assert (trade["out_trade_no"], trade["total_amount"]) == (key, "139.93")


def test_alipay_tells_a_shop_whose_buyer_never_returns(till: Till) -> None:
    number, token, address = till.order("alipay", currency="CNY")
    till.browser.get(address, follow_redirects=True)
    till.alipay.controls.pay(till.key_of(number))
    till.becomes(number, token, "paid")
    assert ledger(till) == [("capture", "succeeded", 13993, "CNY")]
