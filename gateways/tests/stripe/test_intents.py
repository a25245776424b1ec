"""Holding, capturing, cancelling, and charging without the buyer."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from gateways.tests.stripe.buyer import Buyer, checkout, paid
from gateways.tests.stripe.shop import Shop
from marketry_gateways.stripe import StripeTwin


def held(client: stripe.StripeClient, buyer: Buyer, amount: int = 1999) -> str:
    return paid(client, buyer, amount=amount, payment_intent_data={"capture_method": "manual"})


def test_manual_capture_holds_first_and_moves_money_at_capture(
    client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin, shop: Shop
) -> None:
    held_one = held(client, buyer)
    intent = client.v1.payment_intents.retrieve(held_one)
    (session,) = client.v1.checkout.sessions.list().data
    assert (intent.status, intent.amount_capturable, session.status, session.payment_status) == (
        "requires_capture",
        1999,
        "complete",
        "unpaid",
    )
    assert twin.statement()["entries"] == []
    captured = client.v1.payment_intents.capture(held_one, {"amount_to_capture": 1500})
    assert (captured.status, captured.amount_received, captured.amount_capturable) == ("succeeded", 1500, 0)
    assert twin.statement()["payments"][0]["captured"] == 1500
    assert twin.quiet()
    assert shop.types[-2:] == ["charge.captured", "payment_intent.succeeded"]
    assert "payment_intent.amount_capturable_updated" in shop.types


def test_capturing_too_much_or_twice_is_refused(client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin) -> None:
    held_one = held(client, buyer)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.capture(held_one, {"amount_to_capture": 2000})
    assert refused.value.code == "amount_too_large"
    client.v1.payment_intents.capture(held_one)
    with pytest.raises(stripe.InvalidRequestError, match="because it has a status of succeeded") as again:
        client.v1.payment_intents.capture(held_one)
    assert again.value.code == "payment_intent_unexpected_state"
    assert again.value.error.payment_intent.id == held_one  # type: ignore[union-attr]
    assert twin.statement()["payments"][0]["captured"] == 1999


def test_cancelling_releases_what_was_held(client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin) -> None:
    held_one = held(client, buyer)
    canceled = client.v1.payment_intents.cancel(held_one, {"cancellation_reason": "requested_by_customer"})
    assert (canceled.status, canceled.amount_capturable, canceled.cancellation_reason) == ("canceled", 0, "requested_by_customer")
    assert twin.statement()["entries"] == []
    with pytest.raises(stripe.InvalidRequestError, match="could not be canceled because it has a status of canceled"):
        client.v1.payment_intents.cancel(held_one)


def test_a_hold_ends_after_seven_days(client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin) -> None:
    held_one = held(client, buyer)
    twin.advance(7 * 24 * 3600)
    intent = client.v1.payment_intents.retrieve(held_one)
    assert (intent.status, intent.cancellation_reason) == ("canceled", "automatic")


def test_an_open_session_s_intent_cannot_be_cancelled(client: stripe.StripeClient, buyer: Buyer) -> None:
    session = checkout(client)
    buyer.pay(session, "4000000000000002")
    held_one = str(client.v1.checkout.sessions.retrieve(session.id).payment_intent)
    with pytest.raises(stripe.InvalidRequestError, match="Expire the Checkout Session instead"):
        client.v1.payment_intents.cancel(held_one)


def saved(client: stripe.StripeClient, buyer: Buyer, number: str = "4242424242424242") -> tuple[str, str]:
    """A customer and the method they saved by paying."""
    session = checkout(client, payment_intent_data={"setup_future_usage": "off_session"})
    answer = buyer.pay(session, number)
    if answer.headers["location"].startswith("/c/challenge/"):
        buyer.challenge(answer, "complete")
    customer = str(client.v1.checkout.sessions.retrieve(session.id).customer)
    (method,) = client.v1.customers.payment_methods.list(customer).data
    return customer, method.id


def again(client: stripe.StripeClient, customer: str, method: str) -> Any:
    params: Any = {
        "amount": 700,
        "currency": "eur",
        "customer": customer,
        "payment_method": method,
        "confirm": True,
        "off_session": True,
    }
    return client.v1.payment_intents.create(params)


@pytest.mark.parametrize("number", ["4242424242424242", "4000002500003155"])
def test_a_saved_method_is_charged_without_the_buyer(
    client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin, number: str
) -> None:
    intent = again(client, *saved(client, buyer, number))
    assert (intent.status, intent.amount_received) == ("succeeded", 700)
    assert [payment["captured"] for payment in twin.statement()["payments"]] == [1999, 700]


def test_a_card_that_always_asks_cannot_be_charged_without_the_buyer(client: stripe.StripeClient, buyer: Buyer) -> None:
    customer, method = saved(client, buyer, "4000002760003184")
    with pytest.raises(stripe.CardError) as refused:
        again(client, customer, method)
    error: Any = refused.value.error
    assert (refused.value.http_status, refused.value.code, error.decline_code) == (
        402,
        "authentication_required",
        "authentication_required",
    )
    assert (error.payment_intent.status, error.payment_method.id) == ("requires_payment_method", method)


def test_a_saved_card_may_fail_later(client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin) -> None:
    customer, method = saved(client, buyer)
    twin.reissue(method, "4000000000009995")
    with pytest.raises(stripe.CardError, match="insufficient funds"):
        again(client, customer, method)
    attached = client.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer})
    with pytest.raises(stripe.CardError, match="declined"):
        again(client, customer, attached.id)
    assert [payment["captured"] for payment in twin.statement()["payments"]] == [1999, 0, 0]


def test_a_method_is_its_customer_s_alone_and_gone_once_detached(client: stripe.StripeClient, buyer: Buyer) -> None:
    customer, method = saved(client, buyer)
    stranger = client.v1.customers.create({"email": "eve@example.com"})
    with pytest.raises(stripe.InvalidRequestError, match="must be attached to the customer"):
        again(client, stranger.id, method)
    client.v1.payment_methods.detach(method)
    assert client.v1.customers.payment_methods.list(customer).data == []


def test_an_intent_of_the_api_sends_the_buyer_to_their_bank_and_back(client: stripe.StripeClient, buyer: Buyer) -> None:
    params: Any = {"amount": 700, "currency": "eur", "payment_method": "pm_card_threeDSecureRequired", "confirm": True}
    intent = client.v1.payment_intents.create(params | {"return_url": "https://shop.example/back"})
    assert intent.status == "requires_action"
    back = buyer.post(intent.next_action.redirect_to_url.url, data={"outcome": "complete"})  # type: ignore[union-attr, arg-type]
    assert back.headers["location"].startswith(f"https://shop.example/back?payment_intent={intent.id}&")
    assert back.headers["location"].endswith("redirect_status=succeeded")
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"
