"""Notifications: what they say, how often they come, and everything that may befall them on the way."""

from __future__ import annotations

import time

import pytest
from gateways.tests.alipay.merchant import Merchant
from gateways.tests.alipay.shop import Shop
from marketry_gateways.alipay.courier import SCHEDULE
from marketry_gateways.alipay.forgeries import VARIANTS


def test_a_payment_is_told_with_alipays_fields_and_signature(merchant: Merchant, shop: Shop) -> None:
    merchant.buy("A1", "88.88", notify_url=shop.url, passback_params="a%3D1")
    form = shop.await_count(1)[0]
    assert merchant.verified(form)
    expected = {
        "notify_type": "trade_status_sync",
        "trade_status": "TRADE_SUCCESS",
        "app_id": "9021000100000000",
        "seller_id": "2088700000000000",
        "buyer_id": "2088722000000017",
        "out_trade_no": "A1",
        "trade_no": merchant.query("A1")["trade_no"],
        "total_amount": "88.88",
        "receipt_amount": "88.88",
        "fund_bill_list": '[{"amount":"88.88","fundChannel":"ALIPAYACCOUNT"}]',
        "passback_params": "a%3D1",
        "charset": "utf-8",
        "version": "1.0",
        "sign_type": "RSA2",
        "body": "",
    }
    assert {name: form[name] for name in expected} == expected
    assert {"gmt_create", "gmt_payment", "notify_time", "notify_id"} <= set(form)
    assert "refund_fee" not in form


def test_a_blank_field_is_part_of_the_signature(merchant: Merchant, shop: Shop) -> None:
    merchant.buy("A1", notify_url=shop.url)
    form = shop.await_count(1)[0]
    assert form["body"] == ""
    assert not merchant.verified({name: value for name, value in form.items() if value})


def test_refunds_are_told_at_the_same_address_with_the_sum_of_all(merchant: Merchant, shop: Shop) -> None:
    merchant.buy("A1", "10.00", notify_url=shop.url)
    shop.await_count(1)
    merchant.refund("A1", "3.33", "r1")
    shop.await_count(2)
    merchant.refund("A1", "6.67", "r2")
    _, part, rest = shop.await_count(3)
    assert (part["trade_status"], part["refund_fee"], part["out_biz_no"]) == ("TRADE_SUCCESS", "3.33", "r1")
    assert (rest["trade_status"], rest["refund_fee"], rest["out_biz_no"]) == ("TRADE_CLOSED", "10.00", "r2")
    assert part["total_amount"] == "10.00"
    assert "gmt_refund" in part
    assert "gmt_close" in rest
    assert merchant.verified(part)
    assert merchant.verified(rest)


def test_expiry_close_and_the_end_of_the_refund_period_are_told(merchant: Merchant, shop: Shop) -> None:
    merchant.sign_in(merchant.open("A1", timeout_express="5m", notify_url=shop.url))
    merchant.twin.controls.advance(301)
    assert shop.await_count(1)[0]["trade_status"] == "TRADE_CLOSED"
    merchant.buy("A2", notify_url=shop.url)
    merchant.twin.controls.finish("A2")
    assert {form["trade_status"] for form in shop.await_count(3)[1:]} == {"TRADE_SUCCESS", "TRADE_FINISHED"}


def test_without_an_address_nothing_is_sent(merchant: Merchant) -> None:
    merchant.buy("A1")
    assert merchant.twin.controls.quiet()
    assert merchant.twin.courier.deliveries == []


@pytest.mark.parametrize(
    "answer", [(200, "ok"), (200, "SUCCESS"), (200, "success\n"), (500, "success"), (204, ""), (302, "success")]
)
def test_only_exactly_success_ends_the_repetition(merchant: Merchant, shop: Shop, answer: tuple[int, str]) -> None:
    shop.answers = [answer]
    merchant.buy("A1", notify_url=shop.url)
    first, second = shop.await_count(2)
    assert first["notify_id"] == second["notify_id"]
    assert merchant.verified(second)
    assert merchant.twin.controls.quiet()
    assert [d.accepted for d in merchant.twin.courier.deliveries] == [False, True]
    assert merchant.twin.courier.waiting == ()


def test_the_schedule_is_alipays_and_ends_after_eight_attempts(merchant: Merchant, shop: Shop) -> None:
    assert [int(span.total_seconds() // 60) for span in SCHEDULE] == [4, 10, 10, 60, 120, 360, 900]
    shop.answers = [(200, "fail")] * 99
    merchant.twin.courier.speed = 1  # as slow as Alipay; the clock is advanced instead
    merchant.buy("A1", notify_url=shop.url)
    shop.await_count(1)
    for attempt, span in enumerate(SCHEDULE, 2):
        assert merchant.twin.controls.quiet()
        merchant.twin.controls.advance(span.total_seconds() - 30)
        assert merchant.twin.controls.quiet()
        assert len(shop.received) == attempt - 1
        merchant.twin.controls.advance(31)
        shop.await_count(attempt)
    merchant.twin.controls.quiet()
    assert merchant.twin.courier.waiting == ()
    assert len({form["notify_id"] for form in shop.forms}) == 1


def test_a_held_notification_comes_after_the_return_and_a_released_one_once(merchant: Merchant, shop: Shop) -> None:
    merchant.twin.controls.hold()
    merchant.buy("A1", notify_url=shop.url)
    assert merchant.query("A1")["trade_status"] == "TRADE_SUCCESS"
    assert shop.received == []
    assert merchant.twin.controls.release() == 1
    assert len(shop.received) == 1
    assert merchant.twin.controls.release() == 0


def test_repetitions_are_held_too(merchant: Merchant, shop: Shop) -> None:
    shop.answers = [(500, "")]
    shop.before_answer = merchant.twin.controls.hold
    merchant.buy("A1", notify_url=shop.url)
    shop.await_count(1)
    merchant.twin.controls.advance(3600)
    assert merchant.twin.controls.quiet()
    assert len(shop.received) == 1
    shop.before_answer = lambda: None
    merchant.twin.controls.release()
    shop.await_count(2)


def test_held_ones_may_come_backwards(merchant: Merchant, shop: Shop) -> None:
    merchant.twin.controls.hold()
    merchant.buy("A1", "10.00", notify_url=shop.url)
    merchant.refund("A1", "3.33", "r1")
    merchant.refund("A1", "6.67", "r2")
    merchant.twin.controls.release(reverse=True)
    assert [form.get("out_biz_no") for form in shop.forms] == ["r2", "r1", None]


def test_the_next_ones_may_be_dropped_for_good(merchant: Merchant, shop: Shop) -> None:
    merchant.twin.controls.plan(drop=True)
    merchant.buy("A1", notify_url=shop.url)
    merchant.buy("A2", notify_url=shop.url)
    assert [form["out_trade_no"] for form in shop.await_count(1)] == ["A2"]
    assert [n.out_trade_no for n in merchant.twin.courier.dropped] == ["A1"]


def test_the_next_ones_may_be_late_by_days(merchant: Merchant, shop: Shop) -> None:
    merchant.twin.controls.plan(delay=3 * 86400)
    merchant.buy("A1", notify_url=shop.url)
    merchant.twin.controls.advance(3 * 86400 - 60)
    assert merchant.twin.controls.quiet()
    assert shop.received == []
    merchant.twin.controls.advance(61)
    assert shop.await_count(1)[0]["out_trade_no"] == "A1"


def test_ten_copies_come_at_once_under_one_id(merchant: Merchant, shop: Shop) -> None:
    shop.before_answer = lambda: time.sleep(0.3)
    merchant.twin.controls.plan(copies=10, parallel=True)
    merchant.buy("A1", notify_url=shop.url)
    forms = shop.await_count(10)
    assert merchant.twin.controls.quiet()
    assert len({form["notify_id"] for form in forms}) == 1
    assert shop.most_at_once > 3


def test_a_notification_can_be_sent_again_at_any_time(merchant: Merchant, shop: Shop) -> None:
    merchant.buy("A1", notify_url=shop.url)
    first = shop.await_count(1)[0]
    assert [delivery.accepted for delivery in merchant.twin.controls.notify("A1", copies=3)] == [True] * 3
    assert {form["notify_id"] for form in shop.forms} == {first["notify_id"]}


def test_a_shop_may_ask_before_it_answers(merchant: Merchant, shop: Shop) -> None:
    asked: list[object] = []
    shop.before_answer = lambda: asked.append(merchant.query("A1")["trade_status"])
    merchant.buy("A1", notify_url=shop.url)
    assert merchant.twin.controls.quiet()
    assert asked == ["TRADE_SUCCESS"]


def test_a_shop_that_is_away_is_tried_again(merchant: Merchant, shop: Shop) -> None:
    merchant.twin.courier.speed = 1
    merchant.buy("A1", notify_url="http://127.0.0.1:1/notify")
    assert merchant.twin.controls.quiet()
    (delivery,) = merchant.twin.courier.deliveries
    assert (delivery.status, delivery.accepted) == (0, False)
    assert [n.out_trade_no for n in merchant.twin.courier.waiting] == ["A1"]


TRULY_SIGNED = {"duplicate_field", "other_app_id", "other_seller", "other_order", "wrong_amount", "gbk_charset"}


@pytest.mark.parametrize("variant", sorted(VARIANTS))
def test_every_forgery_is_what_it_says(merchant: Merchant, shop: Shop, variant: str) -> None:
    merchant.buy("A1", notify_url=shop.url)
    true = shop.await_count(1)[0]
    shop.answers = [(400, "fail")]
    assert merchant.twin.controls.forge("A1", variant) == (400, "fail")
    pairs = shop.received[-1]
    form = dict(pairs)
    assert merchant.verified({"sign": "", **form}) is (variant in TRULY_SIGNED)
    if variant == "duplicate_field":
        assert [value for name, value in pairs if name == "total_amount"] == ["0.01", "88.88"]
    elif variant not in ("foreign_key", "unsigned"):
        changed = {name for name in form if form[name] != true[name]} - {"sign", "notify_time"}
        assert changed
