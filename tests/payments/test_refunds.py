"""Giving money back: in parts, twice at once, with answers that never come and refunds that bounce."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs

import pytest
from tests.payments.agreeing import books_agree
from tests.payments.till import Till, until

GATEWAYS = pytest.mark.parametrize(("method", "currency"), [("stripe", "USD"), ("alipay", "CNY")])
CREATE = "/v1/refunds"


def ten(till: Till, method: str, currency: str) -> str:
    """An order over 10.00, paid."""
    number, _ = till.paid(method, "TEN", currency)
    return number


def captured(currency: str) -> tuple[str, str, int, str]:
    return ("capture", "succeeded", 1000, currency)


def refunded(amount: int, currency: str, phase: str = "succeeded") -> tuple[str, str, int, str]:
    return ("refund", phase, amount, currency)


def asked(till: Till) -> list[tuple[str, str]]:
    """(Idempotency-Key, metadata[operation]) of every refund that Stripe was asked for."""
    posted = [r for r in till.stripe.requests if (r.method, r.path) == ("POST", CREATE)]
    return [(r.headers["idempotency-key"], parse_qs(r.body.decode())["metadata[operation]"][0]) for r in posted]


@GATEWAYS
def test_an_order_is_given_back_in_thirds_and_not_a_cent_more(till: Till, method: str, currency: str) -> None:
    number = ten(till, method, currency)
    for amount, status in ((333, "partially_refunded"), (333, "partially_refunded"), (334, "refunded")):
        assert till.deed(number, "refund", amount=amount).status_code == 200
        assert till.seen(number)["payment_status"] == status
    sent = asked(till)
    refusal = till.deed(number, "refund", amount=1)
    assert (refusal.status_code, refusal.json()["code"]) == (409, "too_much")
    assert asked(till) == sent
    assert till.operations(number) == [("refund", "done", 333), ("refund", "done", 333), ("refund", "done", 334)]
    thirds = [refunded(333, currency), refunded(333, currency), refunded(334, currency)]
    assert books_agree(till, number) == [captured(currency), *thirds]


@GATEWAYS
def test_two_of_the_staff_at_once_never_give_back_more_than_was_taken(till: Till, method: str, currency: str) -> None:
    number = ten(till, method, currency)
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda _: till.deed(number, "refund", amount=600), range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert books_agree(till, number) == [captured(currency), refunded(600, currency)]


def test_the_same_form_sent_twice_at_once_gives_back_once(till: Till) -> None:
    number = ten(till, "stripe", "USD")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: till.deed(number, "refund", amount=200, key="the-form"), range(4)))
    assert {answer.status_code for answer in answers} <= {200, 202}
    until(lambda: till.operations(number) == [("refund", "done", 200)], 60, lambda: str(till.operations(number)))
    assert books_agree(till, number) == [captured("USD"), refunded(200, "USD")]


@pytest.mark.parametrize("fault", ["lost", pytest.param("error", marks=pytest.mark.heavy), "error_remembered"])
def test_a_refund_at_stripe_whose_answer_never_came_is_one_refund(till: Till, fault: str) -> None:
    number = ten(till, "stripe", "USD")
    before = len(asked(till))
    till.stripe.fault(fault, 2, method="POST", path=CREATE)  # the SDK itself asks twice
    answer = till.deed(number, "refund", amount=400)
    assert (answer.status_code, answer.json()["operations"][0]["state"]) == (202, "sent")
    assert till.seen(number)["balance"]["refundable"]["minor"] == 600
    assert till.deed(number, "refund", amount=601).status_code == 409
    if fault == "error_remembered":  # Stripe says 500 for a day from now on; nothing was done, and the amount stays bound
        assert books_agree(till, number) == [captured("USD")]
        return
    till.ask_again(number, "refund")
    until(lambda: till.operations(number) == [("refund", "done", 400)], 60, lambda: str(till.operations(number)))
    assert books_agree(till, number) == [captured("USD"), refunded(400, "USD")]
    keys = set(asked(till)[before:])
    assert len(keys) == 1
    assert {key for key, operation in keys} == {operation for key, operation in keys}


def test_a_refund_asked_for_again_after_stripe_forgot_its_key_is_one_refund(till: Till) -> None:
    number = ten(till, "stripe", "USD")
    till.stripe.hold()
    till.stripe.fault("lost", 2, method="POST", path=CREATE)
    assert till.deed(number, "refund", amount=400).status_code == 202
    till.stripe.advance(25 * 3600)
    till.ask_again(number, "refund")
    until(lambda: till.operations(number) == [("refund", "done", 400)], 60, lambda: str(till.operations(number)))
    till.calm()
    assert books_agree(till, number) == [captured("USD"), refunded(400, "USD")]


@pytest.mark.parametrize(
    "fault",
    [
        "lost_answer",
        pytest.param("unavailable", marks=pytest.mark.heavy),
        pytest.param("wrong_signature", marks=pytest.mark.heavy),
    ],
)
def test_a_refund_at_alipay_whose_answer_never_came_is_one_refund(till: Till, fault: str) -> None:
    number = ten(till, "alipay", "CNY")
    till.alipay.controls.hold()  # no notice tells the shop that it was done
    till.alipay.controls.fault(fault, "alipay.trade.refund")
    answer = till.deed(number, "refund", amount=400)
    (operation,) = answer.json()["operations"]
    assert (answer.status_code, operation["state"]) == (202, "sent")
    assert till.seen(number)["balance"]["refundable"]["minor"] == 600
    till.ask_again(number, "refund")
    until(lambda: till.operations(number) == [("refund", "done", 400)], 60, lambda: str(till.operations(number)))
    assert books_agree(till, number) == [captured("CNY"), refunded(400, "CNY")]
    (refund,) = till.alipay.book.trade(till.key_of(number)).refunds  # type: ignore[union-attr]
    assert refund.out_request_no == operation["id"]


@pytest.mark.parametrize("first", ["pending", "succeeded"])
def test_a_refund_that_bounces_is_counted_back_and_can_be_tried_again(till: Till, first: str) -> None:
    number = ten(till, "stripe", "USD")
    till.stripe.plan_refund(first, "failed")
    assert till.deed(number, "refund", amount=1000).status_code == 200
    assert till.seen(number)["balance"]["refundable"]["minor"] == 0
    assert books_agree(till, number) == [captured("USD"), refunded(1000, "USD", first)]
    till.stripe.advance(200)
    assert books_agree(till, number) == [captured("USD"), refunded(1000, "USD", "failed")]
    seen = till.seen(number)
    assert (seen["payment_status"], seen["balance"]["refundable"]["minor"]) == ("paid", 1000)
    assert till.operations(number) == [("refund", "failed", 1000)]
    page = till.staff.get(f"/admin/orders/{number}").text
    assert "refund of $10.00 failed" in page
    assert "A refund of $10.00 did not reach the buyer." in page
    assert number in till.staff.get("/admin/attention").text
    assert till.deed(number, "refund", amount=1000).status_code == 200
    assert till.seen(number)["payment_status"] == "refunded"
    assert books_agree(till, number) == [captured("USD"), refunded(1000, "USD", "failed"), refunded(1000, "USD")]


def test_a_refund_that_bounced_unheard_is_found_by_asking(till: Till) -> None:
    number = ten(till, "stripe", "USD")
    till.stripe.plan_refund("pending", "failed")
    till.deed(number, "refund", amount=1000)
    till.at_rest()
    till.stripe.drop(10)
    till.stripe.advance(200)
    till.tick("orders.look_at_pending")
    until(lambda: till.operations(number) == [("refund", "failed", 1000)], 60, lambda: str(till.operations(number)))
    assert books_agree(till, number) == [captured("USD"), refunded(1000, "USD", "failed")]


@pytest.mark.parametrize("told", [True, False])
def test_a_refund_on_its_way_at_alipay_binds_its_amount_until_it_has_arrived(till: Till, told: bool) -> None:
    number = ten(till, "alipay", "CNY")
    till.alipay.controls.pend_refunds()
    answer = till.deed(number, "refund", amount=700)
    (operation,) = answer.json()["operations"]
    assert (answer.status_code, operation["state"]) == (202, "sent")
    assert till.deed(number, "refund", amount=301).status_code == 409
    if not told:
        till.alipay.controls.plan(drop=True)
    till.alipay.controls.settle_refund(till.key_of(number), operation["id"])
    if not told:
        till.ask_again(number, "refund")
    until(lambda: till.operations(number) == [("refund", "done", 700)], 60, lambda: str(till.operations(number)))
    assert books_agree(till, number) == [captured("CNY"), refunded(700, "CNY")]


def test_a_refund_that_failed_at_alipay_is_asked_for_again_under_its_number(till: Till) -> None:
    number = ten(till, "alipay", "CNY")
    till.alipay.controls.pend_refunds()
    (operation,) = till.deed(number, "refund", amount=700).json()["operations"]
    till.alipay.controls.settle_refund(till.key_of(number), operation["id"], succeeds=False)
    till.ask_again(number, "refund")
    until(lambda: till.operations(number) == [("refund", "done", 700)], 60, lambda: str(till.operations(number)))
    assert books_agree(till, number) == [captured("CNY"), refunded(700, "CNY")]
    assert till.seen(number)["balance"]["refundable"]["minor"] == 300


def test_what_alipay_refuses_for_good_is_free_again_and_staff_see_why(till: Till) -> None:
    number = ten(till, "alipay", "CNY")
    till.alipay.controls.seller_balance("5.00")
    till.deed(number, "refund", amount=700)
    assert till.operations(number) == [("refund", "failed", 700)]
    assert "卖家余额不足" in till.staff.get(f"/admin/orders/{number}").text
    till.alipay.controls.seller_balance(None)
    assert till.deed(number, "refund", amount=1000).status_code == 200
    assert books_agree(till, number) == [captured("CNY"), refunded(1000, "CNY")]
