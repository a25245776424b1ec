"""What happens between buyer and bank: 3-D Secure, a page that is left open, debits that take their days."""

from typing import Any

import httpx
from tests.payments.agreeing import books_agree
from tests.payments.till import Till

PROVES_WHO = "4000002760003184"
GOOD_IBAN, BAD_IBAN = "AT611904300234573201", "AT861904300235473202"
PAID = [("capture", "succeeded", 1999, "USD")]


def challenge(till: Till, answer: httpx.Response, outcome: str) -> httpx.Response:
    """The page of the buyer's bank, to which `answer` leads."""
    assert "/c/challenge/" in answer.headers["location"]
    return till.browser.post(till.stripe.url + answer.headers["location"], data={"outcome": outcome})


def intent_of(till: Till, number: str) -> Any:
    (payment,) = till.payments(number)
    return next(p for p in till.stripe.statement()["payments"] if p["client_reference_id"] == payment.id)


def test_a_buyer_proves_who_they_are(till: Till) -> None:
    number, token, address = till.order("stripe")
    asked = till.card(address, PROVES_WHO)
    till.at_rest()
    assert till.state(number, token) == "pending"
    page = till.come_back(challenge(till, asked, "complete"))
    assert (page.status_code, page.url.path) == (200, f"/orders/{number}")
    assert till.state(number, token) == "paid"
    assert books_agree(till, number) == PAID


def test_a_buyer_fails_to_prove_it_and_takes_another_card(till: Till) -> None:
    number, token, address = till.order("stripe")
    back_at_the_till = challenge(till, till.card(address, PROVES_WHO), "fail")
    assert back_at_the_till.headers["location"] in address
    till.at_rest()
    assert till.state(number, token) == "pending"
    assert intent_of(till, number)["status"] == "requires_payment_method"
    assert books_agree(till, number) == []
    till.come_back(till.card(address))
    assert till.state(number, token) == "paid"
    assert books_agree(till, number) == PAID


def test_a_buyer_leaves_before_proving_it_and_the_page_expires(till: Till) -> None:
    number, token, address = till.order("stripe")
    asked = till.card(address, PROVES_WHO)
    till.stripe.advance(2 * 3600)
    till.becomes(number, token, "none")
    assert till.payments(number)[0].state == "expired"
    challenge(till, asked, "complete")
    assert books_agree(till, number) == []
    assert till.state(number, token) == "none"


def test_a_checkout_that_nobody_pays_expires_and_can_be_paid_in_another_way(till: Till) -> None:
    number, token, address = till.order("stripe")
    till.stripe.advance(2 * 3600)
    till.becomes(number, token, "none")
    assert till.card(address).status_code == 410
    till.stripe.calm()
    page = till.browser.get(f"{till.site.url}/orders/{number}?token={token}", follow_redirects=True)
    assert page.status_code == 200
    assert f'action="/orders/{number}/payments"' in page.text
    assert books_agree(till, number) == []


def test_a_debit_is_under_way_until_the_bank_says_yes(till: Till) -> None:
    """`completed` isn't paid."""
    number, token, address = till.order("stripe", currency="EUR")
    till.come_back(debit(till, address, GOOD_IBAN))
    till.at_rest()
    assert (till.state(number, token), till.payments(number)[0].state) == ("pending", "processing")
    assert books_agree(till, number) == []
    till.stripe.settle(intent_of(till, number)["payment_intent"])
    till.becomes(number, token, "paid")
    assert books_agree(till, number) == [("capture", "succeeded", 1999, "EUR")]


def test_a_debit_that_the_bank_refuses_leaves_the_order_unpaid(till: Till) -> None:
    number, token, address = till.order("stripe", currency="EUR")
    till.come_back(debit(till, address, BAD_IBAN))
    till.at_rest()
    assert till.state(number, token) == "pending"
    till.stripe.settle(intent_of(till, number)["payment_intent"])
    till.becomes(number, token, "none")
    assert till.payments(number)[0].state == "failed"
    assert books_agree(till, number) == []


def debit(till: Till, address: str, iban: str) -> httpx.Response:
    form = {"email": "ada@example.com", "method": "sepa_debit", "iban": iban, "name": "Ada"}
    return till.browser.post(address, data=form)
