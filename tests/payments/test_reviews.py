"""Money that isn't what was asked for goes to review: the order is never paid by it, and staff see why."""

from typing import Any

import pytest
from tests.payments.agreeing import books_agree
from tests.payments.till import Till


def rewrite(till: Till, number: str, **changes: Any) -> None:
    """Stripe's own book says something else of the money of this order."""
    (payment,) = till.payments(number)
    (named,) = (p for p in till.stripe.statement()["payments"] if p["client_reference_id"] == payment.id)
    book = till.stripe.book
    for name in (named["payment_intent"], book.find(named["payment_intent"])[0]["latest_charge"]):  # type: ignore[index]
        found = book.find(name)
        assert found is not None
        body, account, livemode = found
        book.put({field: changes.get(field, value) for field, value in body.items()}, account, livemode)


@pytest.mark.parametrize(
    ("changes", "words", "booked"),
    [
        ({"amount": 1, "amount_received": 1, "amount_captured": 1}, "$0.01 came, $19.99 was asked for.", (1, "USD")),
        ({"amount": 2500, "amount_received": 2500, "amount_captured": 2500}, "$25.00 came, $19.99 was asked for.", (2500, "USD")),
        ({"currency": "eur"}, "capture in EUR, expected USD", (1999, "EUR")),
    ],
    ids=["less", "more", "other-currency"],
)
def test_another_sum_than_was_asked_is_for_staff_to_look_at(
    till: Till, changes: dict[str, Any], words: str, booked: tuple[int, str]
) -> None:
    till.stripe.hold()
    number, token, address = till.order("stripe")
    answer = till.card(address)
    rewrite(till, number, **changes)
    till.come_back(answer)
    till.stripe.release()
    assert books_agree(till, number) == [("capture", "succeeded", *booked)]
    assert till.state(number, token) == "pending"
    (payment,) = till.payments(number)
    assert till.seen(number)["payments"][0]["review"] == payment.needs_review != ""
    page = till.staff.get(f"/admin/payments/{payment.id}").text
    assert "Needs review" in page
    assert words in page
    queue = till.staff.get("/admin/attention").text
    assert f"/admin/orders/{number}#payments" in queue
    assert words in queue


def test_another_sum_at_alipay_is_for_staff_to_look_at_too(till: Till) -> None:
    till.alipay.controls.hold()
    number, token, address = till.order("alipay", currency="CNY")
    back = till.scan(number, address)
    trade = till.alipay.book.trade(till.key_of(number))
    assert trade is not None
    object.__setattr__(trade.order, "total", trade.order.total - 100)
    till.browser.get(back, follow_redirects=True)
    till.alipay.controls.release()
    assert books_agree(till, number) == [("capture", "succeeded", 3993, "CNY")]
    assert till.state(number, token) == "pending"
    assert till.payments(number)[0].needs_review == "amount: captured only 3993, expected 13993"


def test_money_of_the_other_mode_never_counts(till: Till) -> None:
    """A key that was swapped behind the shop's back: what it sees now are payments with real money, or none."""
    till.stripe.hold()
    number, token, address = till.order("stripe")
    answer = till.card(address)
    (payment,) = till.payments(number)
    body, account, livemode = till.stripe.book.find(payment.remote_id)  # type: ignore[misc]
    till.stripe.book.put({**body, "livemode": True}, account, livemode)
    till.come_back(answer)
    till.stripe.release()
    till.at_rest()
    assert till.state(number, token) == "pending"
    assert till.payments(number)[0].needs_review == "mode: a live payment for a test order"
