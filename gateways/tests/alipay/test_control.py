"""The same acts by JSON: `POST /_control` and `GET /_book`."""

from __future__ import annotations

from gateways.tests.alipay.merchant import Merchant
from gateways.tests.alipay.shop import Shop
from marketry_gateways.alipay import AlipayTwin, Clock


def act(merchant: Merchant, action: str, **arguments: object) -> object:
    answer = merchant.browser.post("/_control", json={"action": action, **arguments})
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def test_a_buyer_can_be_played_without_a_browser(merchant: Merchant, shop: Shop) -> None:
    merchant.open("A1", notify_url=shop.url, return_url="https://shop.example/back")
    signed_in = act(merchant, "sign_in", out_trade_no="A1")
    assert isinstance(signed_in, dict)
    assert signed_in["status"] == "WAIT_BUYER_PAY"
    assert str(act(merchant, "pay", out_trade_no="A1")).startswith("https://shop.example/back?")
    assert shop.await_count(1)[0]["trade_status"] == "TRADE_SUCCESS"


def test_the_book_lists_trades_payments_refunds_and_deliveries(merchant: Merchant, shop: Shop) -> None:
    merchant.buy("A1", "10.00", notify_url=shop.url)
    merchant.refund("A1", "3.33", "r1", refund_reason="chipped")
    act(merchant, "quiet")
    book = merchant.browser.get("/_book").json()
    assert (book["currency"], book["paid_amount"], book["refunded_amount"]) == ("CNY", "10.00", "3.33")
    (trade,) = book["trades"]
    assert (trade["out_trade_no"], trade["status"], trade["total_amount"]) == ("A1", "TRADE_SUCCESS", "10.00")
    assert trade["refunds"] == [{"out_request_no": "r1", "amount": "3.33", "reason": "chipped", "state": "SUCCESS"}]
    assert [(n["trade_status"], n["accepted"]) for n in book["notifications"]] == [("TRADE_SUCCESS", True)] * 2


def test_holding_forging_and_faults_by_json(merchant: Merchant, shop: Shop) -> None:
    act(merchant, "hold")
    merchant.buy("A1", notify_url=shop.url)
    assert act(merchant, "release", reverse=True) == 1
    assert act(merchant, "forge", out_trade_no="A1", variant="wrong_amount") == {"status": 200, "body": "success"}
    assert act(merchant, "notify", out_trade_no="A1") == [{"status": 200, "body": "success", "attempt": 1}]
    act(merchant, "fault", kind="unavailable", method="alipay.trade.query")
    assert merchant.query("A1")["code"] == "20000"
    before = merchant.twin.clock.now()
    act(merchant, "advance", seconds=3600)
    assert (merchant.twin.clock.now() - before).total_seconds() >= 3600


def test_what_is_no_act_is_refused_with_the_list_of_acts(merchant: Merchant) -> None:
    answer = merchant.browser.post("/_control", json={"action": "perform"})
    assert answer.status_code == 422
    assert {"pay", "hold", "release", "forge", "fault", "advance"} <= set(answer.json()["actions"])
    assert merchant.browser.post("/_control", json={"action": "pay", "amount": 1}).status_code == 422
    assert merchant.browser.post("/_control", json={"action": "pay", "out_trade_no": "none"}).status_code == 404
    assert merchant.browser.post("/_control", json=[]).status_code == 422


def test_a_foreign_page_cannot_act(merchant: Merchant) -> None:
    assert (
        merchant.browser.post("/_control", content='{"action":"hold"}', headers={"content-type": "text/plain"}).status_code == 415
    )
    assert merchant.twin.courier._held is None


def test_a_refused_act_says_why(merchant: Merchant) -> None:
    merchant.buy("A1")
    answer = merchant.browser.post("/_control", json={"action": "pay", "out_trade_no": "A1"})
    assert (answer.status_code, answer.json()["error"]) == (409, "ACQ.TRADE_HAS_SUCCESS")


def test_calls_as_they_were_sent_are_kept(merchant: Merchant) -> None:
    merchant.open("A1", "88.88")
    assert merchant.twin.gateway.calls[-1].content["total_amount"] == "88.88"


def test_the_clock_may_be_the_tests_own(keys: tuple[str, str, object]) -> None:
    from datetime import UTC, datetime

    clock = Clock(lambda: datetime(2026, 1, 31, 16, 30, tzinfo=UTC))
    with AlipayTwin(alipay_private_key=keys[0], merchant_private_key=keys[1], clock=clock) as twin:
        selling = Merchant(twin)
        with selling.browser:
            selling.buy("A1")
            assert selling.query("A1")["send_pay_date"] == "2026-02-01 00:30:00"
