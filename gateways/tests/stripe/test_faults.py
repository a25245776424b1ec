"""What can go wrong between a shop and its gateway."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
import stripe
from gateways.tests.stripe.buyer import Buyer, paid
from marketry_gateways.stripe import StripeTwin

PARAMS: Any = {"amount": 500, "currency": "jpy"}


@pytest.fixture
def impatient(client: stripe.StripeClient, twin: StripeTwin) -> stripe.StripeClient:
    """A client that tries once and waits a second."""
    return stripe.StripeClient(
        twin.key, base_addresses={"api": twin.url}, max_network_retries=0, http_client=stripe.RequestsClient(timeout=1)
    )


def test_a_lost_answer_leaves_the_effect_and_a_repeated_key_finds_it(impatient: stripe.StripeClient, twin: StripeTwin) -> None:
    twin.fault("lost", path="payment_intents")
    with pytest.raises(stripe.APIConnectionError):
        impatient.v1.payment_intents.create(PARAMS, {"idempotency_key": "k1"})
    (made,) = impatient.v1.payment_intents.list().data
    assert impatient.v1.payment_intents.create(PARAMS, {"idempotency_key": "k1"}).id == made.id


def test_the_sdk_s_own_retries_survive_a_lost_refund_without_a_second_one(
    client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin
) -> None:
    intent = paid(client, buyer, amount=1000)
    twin.fault("lost", method="POST", path="refunds$")
    assert client.v1.refunds.create({"payment_intent": intent, "amount": 400}).amount == 400
    assert twin.statement()["payments"][0]["refunded"] == 400
    assert [request.path for request in twin.requests][-2:] == ["/v1/refunds", "/v1/refunds"]


@pytest.mark.parametrize(
    ("kind", "error"), [("reset", stripe.APIConnectionError), ("error", stripe.APIError), ("rate_limit", stripe.RateLimitError)]
)
def test_a_fault_before_the_effect_leaves_nothing(
    impatient: stripe.StripeClient, twin: StripeTwin, kind: str, error: type[Exception]
) -> None:
    twin.fault(kind)
    with pytest.raises(error):
        impatient.v1.payment_intents.create(PARAMS, {"idempotency_key": "k1"})
    assert twin.statement()["payments"] == []
    assert impatient.v1.payment_intents.create(PARAMS, {"idempotency_key": "k1"}).amount == 500


def test_a_remembered_500_is_replayed_under_its_key(impatient: stripe.StripeClient, twin: StripeTwin) -> None:
    twin.fault("error_remembered")
    for _ in range(2):
        with pytest.raises(stripe.APIError) as failed:
            impatient.v1.payment_intents.create(PARAMS, {"idempotency_key": "k1"})
        assert failed.value.http_status == 500
    assert impatient.v1.payment_intents.list().data == []


def test_a_slow_answer_is_done_after_the_client_gave_up(impatient: stripe.StripeClient, twin: StripeTwin) -> None:
    twin.fault("slow", seconds=3)
    with pytest.raises(stripe.APIConnectionError):
        impatient.v1.payment_intents.create(PARAMS)
    assert twin.statement()["payments"] == []
    until = time.monotonic() + 30
    while not twin.statement()["payments"]:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert [payment["amount"] for payment in twin.statement()["payments"]] == [500]


def test_a_fault_befalls_only_what_it_matches_and_so_often(client: stripe.StripeClient, twin: StripeTwin) -> None:
    twin.fault("error", 2, method="POST", path="customers")

    def status(path: str) -> int:
        return httpx.post(twin.url + path, auth=(twin.key, ""), trust_env=False).status_code

    assert [status("/v1/payment_intents"), status("/v1/customers"), status("/v1/customers"), status("/v1/customers")] == [
        400,
        500,
        500,
        200,
    ]
    twin.fault("reset", 5)
    twin.clear_faults()
    assert status("/v1/customers") == 200


def test_requests_are_kept_as_they_were_sent(client: stripe.StripeClient, twin: StripeTwin) -> None:
    client.v1.payment_intents.create(PARAMS, {"idempotency_key": "k1"})
    (request,) = twin.requests
    assert (request.method, request.path, request.body) == ("POST", "/v1/payment_intents", b"amount=500&currency=jpy")
    assert (request.headers["idempotency-key"], request.headers["stripe-version"]) == ("k1", stripe.api_version)
