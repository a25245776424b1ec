"""QR codes of `precreate`: scanned, confirmed, withdrawn, expired."""

from __future__ import annotations

from gateways.tests.alipay.merchant import Merchant, refused

PRECREATE = "alipay.trade.precreate"


def precreate(merchant: Merchant, number: str, amount: str = "88.88", **more: str) -> dict[str, object]:
    return merchant.call(PRECREATE, {"out_trade_no": number, "total_amount": amount, "subject": "青瓷杯"}, **more)


def test_a_code_is_an_address_of_the_twin_and_no_trade_yet(merchant: Merchant) -> None:
    answer = precreate(merchant, "Q1")
    assert (answer["code"], answer["out_trade_no"]) == ("10000", "Q1")
    assert str(answer["qr_code"]).startswith(f"{merchant.twin.base}/bax")
    assert refused(merchant.query("Q1")) == ("40004", "ACQ.TRADE_NOT_EXIST")


def test_scanning_makes_the_trade_and_confirming_pays_it(merchant: Merchant) -> None:
    page = merchant.browser.get(str(precreate(merchant, "Q1")["qr_code"]))
    assert "88.88" in page.text
    assert "确认付款" in page.text
    assert merchant.query("Q1")["trade_status"] == "WAIT_BUYER_PAY"
    answer = merchant.decide(page, "pay")
    assert answer.status_code == 303
    assert "付款成功" in merchant.browser.get(answer.headers["location"]).text
    assert merchant.query("Q1")["trade_status"] == "TRADE_SUCCESS"
    assert str(merchant.twin.book.paid) == "88.88"


def test_cancelling_after_scanning_leaves_the_code_payable(merchant: Merchant) -> None:
    page = merchant.browser.get(str(precreate(merchant, "Q1")["qr_code"]))
    left = merchant.see(merchant.decide(page, "cancel"))
    assert "您没有付款" in left.text
    assert f'href="{page.url.path}"' in left.text


def test_the_same_number_for_another_amount_is_refused_scanned_or_not(merchant: Merchant) -> None:
    code = precreate(merchant, "Q1")["qr_code"]
    assert refused(precreate(merchant, "Q1", "88.89")) == ("40004", "ACQ.CONTEXT_INCONSISTENT")
    merchant.browser.get(str(code))
    assert refused(precreate(merchant, "Q1", "88.89")) == ("40004", "ACQ.CONTEXT_INCONSISTENT")


def test_a_paid_number_gets_no_new_code(merchant: Merchant) -> None:
    merchant.decide(merchant.browser.get(str(precreate(merchant, "Q1")["qr_code"])), "pay")
    assert refused(precreate(merchant, "Q1")) == ("40004", "ACQ.TRADE_HAS_SUCCESS")


def test_two_codes_of_one_order_are_one_trade(merchant: Merchant) -> None:
    one, two = (merchant.browser.get(str(precreate(merchant, "Q1")["qr_code"])) for _ in range(2))
    merchant.decide(one, "pay")
    merchant.decide(two, "pay")
    assert str(merchant.twin.book.paid) == "88.88"


def test_an_unscanned_code_lives_two_hours(merchant: Merchant) -> None:
    code = str(precreate(merchant, "Q1")["qr_code"])
    merchant.twin.controls.advance(7201)
    assert "ACQ.TRADE_HAS_CLOSE" in merchant.browser.get(code).text
    assert merchant.twin.book.trades == ()


def test_a_cancelled_order_cannot_be_scanned_any_more(merchant: Merchant) -> None:
    code = str(precreate(merchant, "Q1")["qr_code"])
    answer = merchant.call("alipay.trade.cancel", {"out_trade_no": "Q1"})
    assert (answer["code"], answer["retry_flag"]) == ("10000", "N")
    assert "ACQ.TRADE_HAS_CLOSE" in merchant.browser.get(code).text


def test_wrong_amounts_are_answered_with_their_codes(merchant: Merchant) -> None:
    assert refused(precreate(merchant, "Q1", "100000000.01")) == ("40004", "ACQ.TOTAL_FEE_EXCEED")
    assert refused(precreate(merchant, "Q1", "0.00")) == ("40004", "ACQ.TOTAL_FEE_EXCEED")
    assert refused(precreate(merchant, "Q1", "1.001")) == ("40004", "ACQ.INVALID_PARAMETER")
