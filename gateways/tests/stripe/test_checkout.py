"""From a session to a payment, at the hosted page."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe
from gateways.tests.stripe.buyer import Buyer, checkout
from gateways.tests.stripe.shop import Shop
from marketry_gateways.stripe import StripeTwin


def test_a_session_is_open_and_has_no_payment_intent_until_the_buyer_pays(client: stripe.StripeClient) -> None:
    session = checkout(client, client_reference_id="order-7", metadata={"order": "7"})
    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    assert (session.amount_total, session.currency, session.client_reference_id) == (1999, "eur", "order-7")
    assert session.metadata.to_dict() == {"order": "7"}
    assert session.id.startswith("cs_test_")
    assert session.expires_at - session.created == 24 * 3600


def test_paying_completes_the_session_and_sends_the_buyer_back(
    client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin, shop: Shop
) -> None:
    session = checkout(client, payment_intent_data={"metadata": {"attempt": "a1"}})
    answer = buyer.pay(session)
    assert (answer.status_code, answer.headers["location"]) == (303, f"https://shop.example/thanks?session={session.id}")
    session = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge", "line_items"]})
    intent = session.payment_intent
    assert (session.status, session.payment_status, session.url) == ("complete", "paid", None)
    assert (intent.status, intent.amount_received, intent.metadata.to_dict()) == ("succeeded", 1999, {"attempt": "a1"})
    assert (intent.latest_charge.captured, intent.latest_charge.payment_method_details.card.last4) == (True, "4242")
    assert [item.description for item in session.line_items.data] == ["Cup"]
    assert twin.quiet()
    assert shop.types == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]


@pytest.mark.parametrize(
    ("number", "code", "decline_code", "words"),
    [
        ("4000000000000002", "card_declined", "generic_decline", "Your card was declined."),
        ("4000000000009995", "card_declined", "insufficient_funds", "Your card has insufficient funds."),
        ("4000000000009987", "card_declined", "lost_card", "Your card was declined."),
        ("4000000000000069", "expired_card", "expired_card", "Your card has expired."),
        ("4000000000000127", "incorrect_cvc", "incorrect_cvc", "Your card&#39;s security code is incorrect."),
        ("4000000000000119", "processing_error", "processing_error", "An error occurred while processing your card."),
        ("4000000000000341", "card_declined", "generic_decline", "Your card was declined."),
        ("4100000000000019", "card_declined", "fraudulent", "Your card was declined."),
    ],
)
def test_a_declined_card_leaves_the_session_open_for_another(
    client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin, number: str, code: str, decline_code: str, words: str
) -> None:
    session = checkout(client)
    answer = buyer.pay(session, number)
    assert answer.status_code == 402
    assert words in answer.text
    found = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    error = found.payment_intent.last_payment_error
    assert (found.status, found.payment_intent.status) == ("open", "requires_payment_method")
    assert (error.type, error.code, error.decline_code) == ("card_error", code, decline_code)
    assert twin.statement()["entries"] == []
    buyer.pay(session)
    again = client.v1.checkout.sessions.retrieve(session.id)
    assert (again.payment_status, again.payment_intent) == ("paid", found.payment_intent.id)


@pytest.mark.parametrize(
    ("number", "brand"),
    [
        ("5105105105105100", "mastercard"),
        ("378282246310005", "amex"),
        ("6011111111111117", "discover"),
        ("3566002020360505", "jcb"),
        ("6200000000000005", "unionpay"),
    ],
)
def test_other_brands_pay_too(client: stripe.StripeClient, buyer: Buyer, number: str, brand: str) -> None:
    session = checkout(client)
    assert buyer.pay(session, number, cvc="1234" if brand == "amex" else "123").status_code == 303
    (charge,) = client.v1.charges.list().data
    assert (charge.payment_method_details.card.brand, charge.paid) == (brand, True)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"number": "4242424242424241"}, "Your card number is invalid."),
        ({"number": "4539578763621486"}, "This is not a test card."),
        ({"expiry": "12/20"}, "expiration date is in the past."),
        ({"expiry": "13/34"}, "expiration date is incomplete."),
        ({"cvc": "12"}, "security code is incomplete."),
        ({"method": "sepa_debit", "iban": "DE00"}, "Your IBAN is invalid."),
    ],
)
def test_a_mistyped_entry_charges_nothing(
    client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin, typed: dict[str, str], words: str
) -> None:
    answer = buyer.post(
        checkout(client).url, data={"method": "card", "number": "4242424242424242", "expiry": "1/34", "cvc": "123"} | typed
    )
    assert answer.status_code == 422
    assert words in answer.text
    assert twin.statement()["payments"] == []


@pytest.mark.parametrize("number", ["4000002500003155", "4000000000003220", "4000002760003184"])
def test_three_d_secure_is_asked_for_and_completed(client: stripe.StripeClient, buyer: Buyer, number: str) -> None:
    session = checkout(client)
    asked = buyer.pay(session, number)
    found = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert asked.headers["location"] == f"/c/challenge/{found.payment_intent.id}"
    assert (found.status, found.payment_intent.status) == ("open", "requires_action")
    done = buyer.challenge(asked, "complete")
    assert done.headers["location"] == f"https://shop.example/thanks?session={session.id}"
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_a_failed_challenge_leads_back_to_the_page_with_the_reason(client: stripe.StripeClient, buyer: Buyer) -> None:
    session = checkout(client)
    back = buyer.challenge(buyer.pay(session, "4000000000003220"), "fail")
    assert back.headers["location"] == f"/c/pay/{session.id}"
    assert "We are unable to authenticate your payment method." in buyer.get(session.url).text
    intent = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]}).payment_intent
    assert intent.last_payment_error.code == "payment_intent_authentication_failure"


def test_an_elevated_risk_is_charged_and_told(client: stripe.StripeClient, buyer: Buyer) -> None:
    buyer.pay(checkout(client), "4000000000009235")
    (charge,) = client.v1.charges.list().data
    assert (charge.paid, charge.outcome.risk_level) == (True, "elevated")


def test_paying_twice_at_once_charges_once(client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin) -> None:
    session = checkout(client)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: buyer.pay(session), range(4)))
    assert {answer.headers["location"] for answer in answers} == {f"https://shop.example/thanks?session={session.id}"}
    (payment,) = twin.statement()["payments"]
    assert (payment["captured"], payment["checkout_session"]) == (1999, session.id)
    assert len(client.v1.charges.list().data) == 1


@pytest.mark.parametrize(
    ("iban", "status", "went"), [("AT611904300234573201", "paid", "succeeded"), ("AT861904300235473202", "unpaid", "failed")]
)
def test_a_debit_completes_unpaid_and_is_settled_later(
    client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin, shop: Shop, iban: str, status: str, went: str
) -> None:
    session = checkout(client)
    assert buyer.debit(session, iban).status_code == 303
    found = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (found.status, found.payment_status, found.payment_intent.status) == ("complete", "unpaid", "processing")
    assert twin.statement()["entries"] == []
    twin.advance(181)
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == status
    assert twin.quiet()
    assert shop.types[-1] == f"checkout.session.async_payment_{went}"
    assert shop.types.index("payment_intent.processing") < shop.types.index("checkout.session.completed")


def test_a_session_expires_by_itself_and_its_page_says_so(
    client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin, shop: Shop
) -> None:
    session = checkout(client)
    buyer.pay(session, "4000000000000002")
    twin.advance(24 * 3600)
    page = buyer.get(session.url)
    assert (page.status_code, "This page has expired" in page.text) == (410, True)
    assert buyer.pay(session).status_code == 410
    found = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (found.status, found.url, found.payment_intent.status) == ("expired", None, "canceled")
    assert twin.quiet()
    assert shop.types[-2:] == ["payment_intent.canceled", "checkout.session.expired"]


def test_only_an_open_session_can_be_expired(client: stripe.StripeClient, buyer: Buyer) -> None:
    session = checkout(client)
    assert client.v1.checkout.sessions.expire(session.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError, match="status of `expired`"):
        client.v1.checkout.sessions.expire(session.id)


@pytest.mark.parametrize(
    ("locale", "words"),
    [("zh", "沙盒环境：不会产生真实扣款"), ("en", "Sandbox: no money moves here"), ("de", "Sandbox: no money moves here")],
)
def test_the_page_speaks_the_session_s_language_and_is_marked(
    client: stripe.StripeClient, buyer: Buyer, locale: str, words: str
) -> None:
    page = buyer.get(checkout(client, locale=locale).url)
    assert words in page.text
    assert 'href="https://shop.example/cart"' in page.text
    assert "<script" not in page.text
    assert "https://shop.example/thanks" not in page.text


def test_a_test_card_is_declined_in_live_mode(client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin) -> None:
    live = stripe.StripeClient("sk_live_twin", base_addresses={"api": twin.url})
    session = checkout(live)
    assert session.id.startswith("cs_live_")
    answer = buyer.pay(session)
    assert (answer.status_code, "in live mode, but used a known test card" in answer.text) == (402, True)
    assert twin.statement()["entries"] == []


def test_what_the_buyer_typed_is_never_in_the_book_s_answers_or_events(
    client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin, shop: Shop
) -> None:
    buyer.pay(checkout(client), "4000000000003220")
    (intent,) = client.v1.payment_intents.list({"expand": ["data.payment_method"]}).data
    assert twin.quiet()
    assert "4000000000003220" not in str(intent) + str(twin.statement()) + str([body for body, _ in shop.raw])


def test_a_challenge_is_answered_once(client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin) -> None:
    session = checkout(client)
    asked = buyer.pay(session, "4000000000003220")
    assert buyer.pay(session).headers["location"] == asked.headers["location"]
    first, second = buyer.challenge(asked, "complete"), buyer.challenge(asked, "fail")
    assert first.headers["location"] == second.headers["location"] == f"https://shop.example/thanks?session={session.id}"
    assert twin.statement()["payments"][0]["captured"] == 1999


def test_a_page_that_does_not_exist_says_so(buyer: Buyer, twin: StripeTwin) -> None:
    for path in ("/c/pay/cs_test_none", "/c/challenge/pi_none"):
        page = buyer.get(twin.url + path, headers={"Accept-Language": "zh-CN"})
        assert (page.status_code, "这里什么也没有" in page.text) == (404, True)


def test_a_debit_can_be_settled_by_hand(client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin) -> None:
    session = checkout(client)
    buyer.debit(session, "AT611904300234573201")
    (intent,) = client.v1.payment_intents.list().data
    assert twin.settle(intent.id, success=False)["status"] == "requires_payment_method"
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "unpaid"
    with pytest.raises(LookupError):
        twin.settle("pi_none")
