"""The cashier that a buyer clicks through, and the way back to the shop."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from gateways.tests.alipay.merchant import Merchant, query_of, refused

RETURN = "https://shop.example/back?attempt=7"


def test_the_trade_exists_only_once_the_buyer_has_signed_in(merchant: Merchant) -> None:
    page = merchant.open("A1")
    assert refused(merchant.query("A1")) == ("40004", "ACQ.TRADE_NOT_EXIST")
    merchant.sign_in(page)
    answer = merchant.query("A1")
    assert (answer["trade_status"], answer["total_amount"], answer["buyer_pay_amount"]) == ("WAIT_BUYER_PAY", "88.88", "0.00")
    assert "send_pay_date" not in answer


@pytest.mark.parametrize("method", ["alipay.trade.page.pay", "alipay.trade.wap.pay"])
def test_a_paid_buyer_returns_by_get_with_signed_parameters(merchant: Merchant, method: str) -> None:
    answer = merchant.decide(merchant.sign_in(merchant.open("A1", method=method, return_url=RETURN)), "pay")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(RETURN + "&")
    fields = query_of(answer.headers["location"])
    assert fields.pop("attempt") == "7"
    assert merchant.verified(fields)
    assert fields["method"] == f"{method}.return"
    assert (fields["out_trade_no"], fields["total_amount"], fields["seller_id"]) == ("A1", "88.88", "2088700000000000")
    assert not merchant.verified(fields | {"total_amount": "0.01"})


def test_a_form_post_opens_the_cashier_as_a_link_does(merchant: Merchant) -> None:
    content = {"out_trade_no": "A1", "total_amount": "88.88", "subject": "杯", "product_code": "FAST_INSTANT_TRADE_PAY"}
    page = merchant.post(merchant.parameters("alipay.trade.page.pay", content))
    assert "选择付款账户" in page.text


def test_not_enough_balance_leaves_the_trade_unpaid_and_payable(merchant: Merchant) -> None:
    page = merchant.sign_in(merchant.open("A1"))
    assert "余额不足，本次没有付款" in merchant.see(merchant.decide(page, "broke")).text
    assert merchant.query("A1")["trade_status"] == "WAIT_BUYER_PAY"
    assert merchant.twin.book.paid == 0
    merchant.decide(page, "pay")
    assert str(merchant.twin.book.paid) == "88.88"


def test_cancelling_moves_nothing_and_shows_the_way_on(merchant: Merchant) -> None:
    left = merchant.see(merchant.decide(merchant.sign_in(merchant.open("A1", return_url=RETURN)), "cancel"))
    assert "您没有付款" in left.text
    assert f'href="{left.url.path}"' in left.text
    assert 'href="https://shop.example/"' in left.text
    assert merchant.query("A1")["trade_status"] == "WAIT_BUYER_PAY"


def test_cancelling_on_a_phone_goes_to_the_quit_address(merchant: Merchant) -> None:
    page = merchant.open("A1", method="alipay.trade.wap.pay", quit_url="https://shop.example/quit")
    answer = merchant.decide(merchant.sign_in(page), "cancel")
    assert (answer.status_code, answer.headers["location"]) == (303, "https://shop.example/quit")


def test_pay_pressed_twice_pays_once_and_returns_twice(merchant: Merchant) -> None:
    page = merchant.sign_in(merchant.open("A1", return_url=RETURN))
    first, second = merchant.decide(page, "pay"), merchant.decide(page, "pay")
    assert (first.status_code, second.status_code) == (303, 303)
    assert query_of(first.headers["location"])["trade_no"] == query_of(second.headers["location"])["trade_no"]
    assert [str(trade.paid) for trade in merchant.twin.book.trades] == ["88.88"]


def test_the_same_order_in_two_tabs_is_one_trade(merchant: Merchant) -> None:
    one, two = merchant.sign_in(merchant.open("A1")), merchant.sign_in(merchant.open("A1"))
    merchant.decide(one, "pay")
    merchant.decide(two, "pay")
    assert len(merchant.twin.book.trades) == 1
    assert str(merchant.twin.book.paid) == "88.88"


def test_the_same_number_for_another_amount_is_refused(merchant: Merchant) -> None:
    late = merchant.open("A1", "99.99")
    merchant.sign_in(merchant.open("A1", "88.88"))
    assert "ACQ.CONTEXT_INCONSISTENT" in merchant.open("A1", "88.89").text
    assert "ACQ.CONTEXT_INCONSISTENT" in merchant.sign_in(late).text
    assert [str(trade.total) for trade in merchant.twin.book.trades] == ["88.88"]


def test_a_paid_number_is_refused_when_opened_again(merchant: Merchant) -> None:
    merchant.buy("A1")
    assert "ACQ.TRADE_HAS_SUCCESS" in merchant.open("A1").text


@pytest.mark.parametrize("amount", ["0", "0.00", "0.001", "-1.00", "100000000.01", "1e2", "1,00", " 1.00", "01.00", "１.00", ""])
def test_amounts_that_are_none_are_refused(merchant: Merchant, amount: str) -> None:
    page = merchant.open("A1", amount)
    assert "无法付款" in page.text
    assert merchant.twin.book.as_json()["checkouts"] == []


@pytest.mark.parametrize("amount", ["0.01", "100000000", "100000000.00", "88.8", "5"])
def test_the_least_and_the_most_are_taken(merchant: Merchant, amount: str) -> None:
    assert "选择付款账户" in merchant.open("A1", amount).text


@pytest.mark.parametrize(
    ("field", "value"),
    [("product_code", "QUICK_WAP_WAY"), ("out_trade_no", "A-1"), ("out_trade_no", "A" * 65), ("subject", "a&b"), ("subject", "")],
)
def test_a_wrong_field_is_refused_on_a_page_that_names_the_code(merchant: Merchant, field: str, value: str) -> None:
    content = {
        "out_trade_no": "A1",
        "total_amount": "1.00",
        "subject": "杯",
        "product_code": "FAST_INSTANT_TRADE_PAY",
        field: value,
    }
    page = merchant.browser.get("/gateway.do?" + urlencode(merchant.parameters("alipay.trade.page.pay", content)))
    assert "ACQ.INVALID_PARAMETER" in page.text


def test_a_bad_signature_shows_the_buyer_a_page_with_the_code(merchant: Merchant) -> None:
    parameters = merchant.parameters("alipay.trade.page.pay", {}) | {"sign": "AAAA"}
    page = merchant.browser.get("/gateway.do?" + urlencode(parameters))
    assert "isv.invalid-signature" in page.text
    assert page.headers["content-type"].startswith("text/html")


def test_every_page_says_that_no_money_moves_and_has_no_script(merchant: Merchant) -> None:
    choice = merchant.open("A1")
    pay = merchant.sign_in(choice)
    broke, left = (merchant.see(merchant.decide(pay, act)) for act in ("broke", "cancel"))
    for page in (choice, pay, broke, left, merchant.open("A1", "0")):
        assert "沙箱 Sandbox" in page.text
        assert "No money moves" in page.text
        assert "<script" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]


def test_what_the_shop_sends_is_shown_as_text(merchant: Merchant) -> None:
    page = merchant.open("A1", subject="<b>cup<b>")
    assert "&lt;b&gt;cup&lt;b&gt;" in page.text


def test_nobody_elses_account_and_no_guessed_checkout(merchant: Merchant) -> None:
    page = merchant.open("A1")
    assert merchant.sign_in(page, "2088000000000099").status_code == 422
    assert merchant.browser.get("/cashier/guess").status_code == 404
    assert merchant.browser.post("/cashier/guess/decision", data={"act": "pay"}).status_code == 404
    assert merchant.twin.book.trades == ()
