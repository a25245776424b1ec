"""What goes wrong, or twice, while a buyer pays: nothing is charged twice, and nobody is stuck."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from marketry_gateways.stripe.desk import Desk
from marketry_gateways.stripe.sessions import close
from tests.buying import Buyer
from tests.payments.agreeing import books_agree
from tests.payments.staff import send_form
from tests.payments.till import Till, until

CREATE = r"/v1/checkout/sessions$"
PAID = [("capture", "succeeded", 1999, "USD")]


def sessions(till: Till) -> int:
    return len(till.stripe.book.all("checkout.session"))


@contextmanager
def cart(till: Till, payment: str = "stripe") -> Iterator[Buyer]:
    """A cart with a cup for 19.99 that lacks nothing."""
    buyer = Buyer(till.site.url)
    buyer.ready(["CUP"], payment=payment)
    yield buyer
    buyer.http.close()


@contextmanager
def browsing(till: Till, number: str, token: str) -> Iterator[httpx.Client]:
    """The buyer's browser, at the order's page."""
    with httpx.Client(base_url=till.site.url, headers={"Origin": till.site.url}, follow_redirects=True, timeout=60) as client:
        assert client.get(f"/orders/{number}?token={token}").status_code == 200
        yield client


def expires_at_stripe(till: Till, number: str) -> None:
    """The page's time is over."""
    session = till.stripe.book.find(till.payments(number)[-1].remote_id)
    assert session is not None
    with till.stripe.book.transaction():
        close(Desk(till.stripe.world, till.stripe.account, False), session[0])


def until_state(till: Till, number: str, state: str) -> None:
    until(lambda: till.payments(number)[-1].state == state, 60, lambda: str(till.payments(number)))


# -- answers that never come


@pytest.mark.parametrize("fault", ["lost", pytest.param("error", marks=pytest.mark.heavy)])
def test_a_session_whose_answer_never_came_is_asked_for_again_and_is_the_same(till: Till, fault: str) -> None:
    before = sessions(till)
    till.stripe.fault(fault, 2, method="POST", path=CREATE)  # the SDK itself asks twice
    number, token, action = till.placed("stripe")
    assert action is None
    (payment,) = till.payments(number)
    assert payment.state == "created"
    till.hasten("job:orders.initiate", f"initiate:{payment.id}")
    until_state(till, number, "requires_action")
    assert sessions(till) == before + 1
    till.come_back(till.card(till.seen_by_buyer(number, token)["url"]))
    till.becomes(number, token, "paid")
    assert books_agree(till, number) == PAID


def test_a_buyer_leaves_a_gateway_that_doesnt_answer_for_another_way(till: Till) -> None:
    till.stripe.fault("error", 4, method="POST", path=CREATE)
    number, token, _ = till.placed("stripe")
    (first,) = till.payments(number)
    with browsing(till, number, token) as buyer:
        page = f"/orders/{number}"
        assert send_form(buyer, page, f"{page}/payments/{first.id}/leave").status_code == 200
        send_form(buyer, page, f"{page}/payments", payment="bank_transfer")
    assert [(p.provider, p.state) for p in till.payments(number)] == [
        ("stripe", "cancelled"),
        ("bank_transfer", "requires_action"),
    ]
    assert books_agree(till, number) == []


# -- twice at once


@pytest.mark.parametrize("same_key", [True, False])
def test_who_clicks_twice_on_pay_has_one_order_and_one_payment(till: Till, same_key: bool) -> None:
    before = sessions(till)
    with cart(till) as buyer, ThreadPoolExecutor(3) as clicks:
        keys = [f"{buyer.key}-{0 if same_key else n}" for n in range(3)]
        to = f"/carts/{buyer.cart}/complete"
        answers = list(clicks.map(lambda key: buyer.http.post(to, headers={"Idempotency-Key": key}), keys))
    placed = [answer.json()["order"] for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} <= {201, 409}
    (number,) = {order["number"] for order in placed}
    until_state(till, number, "requires_action")
    assert (sessions(till), len(till.payments(number))) == (before + 1, 1)
    till.card(till.seen_by_buyer(number, placed[0]["token"])["url"])
    till.becomes(number, placed[0]["token"], "paid")
    assert books_agree(till, number) == PAID


def test_who_clicks_twice_on_the_gateways_page_is_charged_once(till: Till) -> None:
    number, token, address = till.order("stripe")
    with ThreadPoolExecutor(3) as clicks:
        list(clicks.map(lambda _: till.card(address), range(3)))
    till.becomes(number, token, "paid")
    assert books_agree(till, number) == PAID


# -- a second tab


def test_a_cart_changed_in_a_second_tab_is_shown_again_before_anything_is_asked_for(till: Till) -> None:
    before = sessions(till)
    with cart(till) as buyer:
        shown = buyer.http.get(f"/carts/{buyer.cart}").json()["totals"]["total"]
        assert buyer.add("TEN").status_code in (200, 201)  # the other tab
        to, key = f"/carts/{buyer.cart}/complete", {"Idempotency-Key": buyer.key}
        refused = buyer.http.post(to, headers=key, json={"total": shown})
        assert (refused.status_code, refused.json()["code"], sessions(till)) == (409, "totals_changed", before)
        agreed = buyer.http.get(f"/carts/{buyer.cart}").json()["totals"]["total"]
        told = buyer.http.post(to, headers=key, json={"total": agreed}).json()
    number = told["order"]["number"]
    till.card(told["payment"]["action"]["url"])
    till.becomes(number, told["order"]["token"], "paid")
    assert books_agree(till, number) == [("capture", "succeeded", 2999, "USD")]


def test_a_cart_changed_while_its_buyer_pays_changes_nothing(till: Till) -> None:
    with cart(till) as buyer:
        told = buyer.complete().json()
        late = buyer.add("TEN")
    assert (late.status_code, late.json()["code"]) == (409, "cart_completed")
    till.card(told["payment"]["action"]["url"])
    till.becomes(told["order"]["number"], told["order"]["token"], "paid")
    assert books_agree(till, told["order"]["number"]) == PAID


# -- again, and in another way


def test_a_page_whose_time_is_over_is_followed_by_another_try(till: Till) -> None:
    number, token, _ = till.order("stripe")
    expires_at_stripe(till, number)
    until_state(till, number, "expired")
    with browsing(till, number, token) as buyer:
        at_stripe = send_form(buyer, f"/orders/{number}", f"/orders/{number}/payments", payment="stripe")
    till.card(str(at_stripe.url))
    till.becomes(number, token, "paid")
    assert [p.state for p in till.payments(number)] == ["expired", "captured"]
    assert books_agree(till, number) == PAID


def test_two_tabs_that_choose_anew_at_once_begin_one_payment(till: Till) -> None:
    number, token, _ = till.order("stripe")
    expires_at_stripe(till, number)
    until_state(till, number, "expired")
    with browsing(till, number, token) as buyer, ThreadPoolExecutor(3) as tabs:
        page = f"/orders/{number}"
        answers = list(tabs.map(lambda _: send_form(buyer, page, f"{page}/payments", payment="stripe").status_code, range(3)))
    assert answers.count(409) == 2
    assert [p.state for p in till.payments(number)] == ["expired", "requires_action"]
    till.card(till.seen_by_buyer(number, token)["url"])
    till.becomes(number, token, "paid")
    assert books_agree(till, number) == PAID


# -- a gift card beside the gateway


def with_card(till: Till, code: str, balance: int, amount: int) -> Any:
    """An order over 19.99 of which `amount` comes off a gift card and the rest is for Stripe; what the shop answered."""
    till.give_card(code, balance)
    with cart(till) as buyer:
        assert buyer.put("inputs/giftcard/card", {"code": code}).status_code == 200
        shares = [{"code": "giftcard", "amount": {"minor": amount, "currency": "USD"}}, {"code": "stripe"}]
        chosen = buyer.put("payments", shares)
        assert chosen.status_code == 200, chosen.text
        done = buyer.complete()
    assert done.status_code == 201, done.text
    return done.json()


def test_a_gift_card_and_stripe_pay_one_order(till: Till) -> None:
    told = with_card(till, "SPRING-01", 2000, 1500)
    number, token = told["order"]["number"], told["order"]["token"]
    till.card(told["payment"]["action"]["url"])
    till.becomes(number, token, "paid")
    assert till.left_on("SPRING-01") == 500
    assert books_agree(till, number) == [("capture", "succeeded", 499, "USD")]


def test_a_gift_card_is_as_it_was_where_stripe_refuses_the_rest_and_all_can_be_paid_anew(till: Till) -> None:
    before = sessions(till)
    told = with_card(till, "SPRING-02", 2000, 1979)  # Stripe takes no 20 cents
    number, token = told["order"]["number"], told["order"]["token"]
    assert [(p.provider, p.state) for p in till.payments(number)] == [("giftcard", "cancelled"), ("stripe", "failed")]
    assert (till.left_on("SPRING-02"), sessions(till)) == (2000, before)
    with browsing(till, number, token) as buyer:
        at_stripe = send_form(buyer, f"/orders/{number}", f"/orders/{number}/payments", payment="stripe")
    till.card(str(at_stripe.url))
    till.becomes(number, token, "paid")
    assert books_agree(till, number) == PAID
    assert till.left_on("SPRING-02") == 2000


def test_a_gift_card_is_as_it_was_where_the_rest_is_never_paid(till: Till) -> None:
    told = with_card(till, "SPRING-03", 2000, 1500)
    number = told["order"]["number"]
    assert till.left_on("SPRING-03") == 500
    expires_at_stripe(till, number)
    until_state(till, number, "expired")
    till.overdue(number)
    until(lambda: till.seen(number)["status"] == "cancelled", 60, lambda: str(till.seen(number)["timeline"]))
    assert till.left_on("SPRING-03") == 2000
    assert books_agree(till, number) == []
