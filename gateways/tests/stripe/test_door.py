"""Keys, versions, modes, parameters, idempotency and lists."""

from __future__ import annotations

import threading
from typing import Any

import httpx
import pytest
import stripe
from gateways.tests.stripe.buyer import Buyer, checkout, paid
from marketry_gateways.stripe import VERSION, StripeTwin

SESSIONS = "/v1/checkout/sessions"


def of(twin: StripeTwin, key: str) -> stripe.StripeClient:
    return stripe.StripeClient(key, base_addresses={"api": twin.url}, max_network_retries=0, http_client=stripe.HTTPXClient())


def post(twin: StripeTwin, path: str, body: str, **headers: str) -> httpx.Response:
    known = {"Authorization": f"Bearer {twin.key}", "Content-Type": "application/x-www-form-urlencoded", **headers}
    return httpx.post(twin.url + path, content=body, headers=known, trust_env=False)


@pytest.mark.parametrize(
    ("key", "kind", "words"),
    [
        ("sk_test_wrong_key_9999", stripe.AuthenticationError, r"Invalid API Key provided: sk_test_\*+9999"),
        ("pk_test_twin", stripe.PermissionError, "publishable API key"),
    ],
)
def test_only_a_known_secret_key_opens(
    client: stripe.StripeClient, twin: StripeTwin, key: str, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        client.v1.balance.retrieve(options={"api_key": key})


def test_without_a_key_stripe_says_how_to_give_one(twin: StripeTwin) -> None:
    answer = httpx.get(f"{twin.url}/v1/balance", trust_env=False)
    assert (answer.status_code, answer.json()["error"]["type"]) == (401, "invalid_request_error")
    assert answer.json()["error"]["message"].startswith("You did not provide an API key.")


def test_basic_authentication_opens_too(twin: StripeTwin) -> None:
    answer = httpx.get(f"{twin.url}/v1/account", auth=(twin.key, ""), trust_env=False)
    assert (answer.status_code, answer.json()["id"]) == (200, twin.account)


def test_only_the_pinned_version_is_spoken(client: stripe.StripeClient) -> None:
    assert stripe.api_version == VERSION
    with pytest.raises(stripe.InvalidRequestError, match="2019-02-11"):
        client.v1.balance.retrieve(options={"stripe_version": "2019-02-11"})


def test_live_and_test_mode_do_not_see_each_other(client: stripe.StripeClient) -> None:
    session = checkout(client)
    with pytest.raises(
        stripe.InvalidRequestError, match="a similar object exists in test mode, but a live mode key was used"
    ) as refused:
        client.v1.checkout.sessions.retrieve(session.id, options={"api_key": "sk_live_twin"})
    assert (refused.value.code, refused.value.http_status) == ("resource_missing", 404)


def test_another_account_s_objects_do_not_exist(client: stripe.StripeClient) -> None:
    session = checkout(client)
    with pytest.raises(stripe.InvalidRequestError, match=f"No such checkout.session: '{session.id}'$"):
        client.v1.checkout.sessions.retrieve(session.id, options={"api_key": "sk_test_other"})


@pytest.mark.parametrize(
    ("body", "code", "param", "message"),
    [
        ("charge=ch_1&amonut=5", "parameter_unknown", "amonut", "Received unknown parameter: amonut"),
        ("charge=ch_1&amount=ten", "parameter_invalid_integer", "amount", "Invalid integer: ten"),
        ("charge=ch_1&amount=1.5", "parameter_invalid_integer", "amount", "Invalid integer: 1.5"),
        ("charge=", "parameter_invalid_empty", "charge", "You passed an empty string for 'charge'."),
        (
            "charge=ch_1&reason=because",
            None,
            "reason",
            "Invalid reason: must be one of duplicate, fraudulent, or requested_by_customer",
        ),
        ("charge=ch_1&reverse_transfer=yes", None, "reverse_transfer", "Invalid boolean: yes"),
        ("charge[id]=ch_1", None, "charge", "Invalid string"),
        ("charge=ch_1&expand=charge", None, "expand", "Invalid array"),
        ("charge=ch_1&metadata=x", None, "metadata", "Invalid metadata: must be one of"),
        ("charge=ch_1&charge=ch_2", None, "charge", "You provided the parameter charge more than once."),
        ("charge=ch_nothing", "resource_missing", "charge", "No such charge: 'ch_nothing'"),
        ("amount=5", None, None, "One of the following params should be provided for this request: payment_intent or charge."),
    ],
)
def test_parameters_are_held_against_the_sdk_s_own_types(
    twin: StripeTwin, body: str, code: str | None, param: str | None, message: str
) -> None:
    error = post(twin, "/v1/refunds", body).json()["error"]
    assert (error["type"], error.get("code"), error.get("param")) == ("invalid_request_error", code, param)
    assert error["message"].startswith(message) or "Invalid object" in error["message"]


def test_what_is_missing_deep_inside_is_named(client: stripe.StripeClient) -> None:
    params: Any = {
        "mode": "payment",
        "success_url": "https://a.example",
        "line_items": [{"quantity": 1, "price_data": {"unit_amount": 5}}],
    }
    with pytest.raises(
        stripe.InvalidRequestError, match=r"Missing required param: line_items\[0\]\[price_data\]\[currency\]"
    ) as refused:
        client.v1.checkout.sessions.create(params)
    assert (refused.value.code, refused.value.param) == ("parameter_missing", "line_items[0][price_data][currency]")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"expires_at": 1}, "at least 30 minutes"),
        ({"expires_at": 4102444800}, "less than 24 hours"),
        ({"cancel_url": "shop"}, "Not a valid URL"),
        ({"customer": "cus_none"}, "No such customer"),
        ({"metadata": {"k" * 41: "v"}}, "Metadata keys can have up to 40 characters."),
        ({"metadata": {"k": "v" * 501}}, "Metadata values can have up to 500 characters"),
        ({"locale": "tlh"}, "Invalid locale: must be one of"),
        ({"mode": "subscription"}, "hosted pages in payment mode only"),
        ({"discounts": [{"coupon": "x"}]}, "doesn't model `discounts`"),
        ({"payment_method_types": ["card"]}, "Received unknown parameter: payment_method_types"),
        (
            {"allowed_payment_method_types": ["sepa_debit"], "payment_intent_data": {"capture_method": "manual"}},
            "No valid payment method types for this Checkout Session.",
        ),
    ],
)
def test_a_session_that_stripe_would_refuse_is_refused(
    client: stripe.StripeClient, twin: StripeTwin, more: dict[str, Any], words: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=words):
        checkout(client, **more)
    assert client.v1.checkout.sessions.list().data == []


def test_an_address_that_does_not_exist_is_said_so(twin: StripeTwin) -> None:
    answer = post(twin, "/v1/nothing", "")
    assert (answer.status_code, answer.json()["error"]["message"][:24]) == (404, "Unrecognized request URL")
    assert answer.headers["Request-Id"].startswith("req_")


def test_the_same_key_and_parameters_get_the_same_answer(twin: StripeTwin, client: stripe.StripeClient) -> None:
    body = "amount=500&currency=jpy"
    first = post(twin, "/v1/payment_intents", body, **{"Idempotency-Key": "k1"})
    again = post(twin, "/v1/payment_intents", body, **{"Idempotency-Key": "k1"})
    assert again.json() == first.json()
    assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (None, "true")
    assert again.headers["Original-Request"] == first.headers["Request-Id"]
    assert len(client.v1.payment_intents.list().data) == 1


def test_the_same_key_with_other_parameters_or_elsewhere_is_refused(client: stripe.StripeClient) -> None:
    client.v1.payment_intents.create({"amount": 500, "currency": "jpy"}, {"idempotency_key": "k1"})
    with pytest.raises(stripe.IdempotencyError, match="same parameters they were first used with"):
        client.v1.payment_intents.create({"amount": 501, "currency": "jpy"}, {"idempotency_key": "k1"})
    with pytest.raises(stripe.IdempotencyError, match="same endpoint they were first used for"):
        client.v1.customers.create({"email": "a@example.com"}, {"idempotency_key": "k1"})


def test_keys_belong_to_an_account_and_mode_and_live_a_day(client: stripe.StripeClient, twin: StripeTwin) -> None:
    params: Any = {"amount": 500, "currency": "jpy"}
    made = {
        client.v1.payment_intents.create(params, {"idempotency_key": "k1", "api_key": key}).id
        for key in ("sk_test_twin", "sk_live_twin", "sk_test_other", "sk_test_twin")
    }
    assert len(made) == 3
    twin.advance(24 * 3600 + 1)
    assert client.v1.payment_intents.create(params, {"idempotency_key": "k1"}).id not in made


def test_a_decline_is_kept_under_the_key_but_a_mistake_is_not(client: stripe.StripeClient, twin: StripeTwin) -> None:
    params: Any = {"amount": 500, "currency": "jpy", "payment_method": "pm_card_chargeDeclined"}
    params |= {"confirm": True, "off_session": True}
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            client.v1.payment_intents.create(params, {"idempotency_key": "k1"})
    assert len(client.v1.charges.list().data) == 1
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.create({"amount": 1, "currency": "jpy"}, {"idempotency_key": "k2"})
    assert client.v1.payment_intents.create({"amount": 500, "currency": "jpy"}, {"idempotency_key": "k2"}).amount == 500


def test_the_same_key_at_the_same_time_is_a_conflict(client: stripe.StripeClient, twin: StripeTwin) -> None:
    statuses: list[int] = []
    with twin.book.transaction():
        threads = [
            threading.Thread(
                target=lambda: statuses.append(
                    post(twin, "/v1/payment_intents", "amount=500&currency=jpy", **{"Idempotency-Key": "k1"}).status_code
                )
            )
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for _ in range(500):
            if statuses:
                break
            threading.Event().wait(0.01)
        assert statuses == [409]
    for thread in threads:
        thread.join()
    assert statuses == [409, 200]


def test_lists_come_in_pages_newest_first(client: stripe.StripeClient, twin: StripeTwin) -> None:
    made = [client.v1.payment_intents.create({"amount": 500 + each, "currency": "jpy"}).id for each in range(5)]
    first = client.v1.payment_intents.list({"limit": 2})
    assert ([each.id for each in first.data], first.has_more) == (made[:2:-1], True)
    assert [each.id for each in first.auto_paging_iter()] == made[::-1]
    back = client.v1.payment_intents.list({"limit": 2, "ending_before": made[1]})
    assert ([each.id for each in back.data], back.has_more) == ([made[3], made[2]], True)
    now = client.v1.payment_intents.retrieve(made[0]).created
    assert client.v1.payment_intents.list({"created": {"gt": now + 60}}).data == []
    assert len(client.v1.payment_intents.list({"created": {"gte": now}}).data) == 5
    with pytest.raises(stripe.InvalidRequestError, match="less than or equal to 100"):
        client.v1.payment_intents.list({"limit": 101})


def test_expanding_replaces_ids_by_objects(client: stripe.StripeClient, buyer: Buyer) -> None:
    intent = client.v1.payment_intents.retrieve(
        paid(client, buyer), {"expand": ["latest_charge.balance_transaction", "payment_method"]}
    )
    charge: Any = intent.latest_charge
    assert (charge.balance_transaction.amount, charge.balance_transaction.fee) == (1999, 88)
    assert intent.payment_method.type == "card"  # type: ignore[union-attr]
    with pytest.raises(stripe.InvalidRequestError, match=r"cannot be expanded \(amount\)"):
        client.v1.payment_intents.retrieve(intent.id, {"expand": ["amount"]})


def test_a_refusal_of_an_operation_that_began_is_kept_under_its_key(
    client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin
) -> None:
    intent = paid(client, buyer, amount=1000)
    twin.plan_refund("pending", "failed")
    client.v1.refunds.create({"payment_intent": intent})
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError, match="has already been refunded"):
            client.v1.refunds.create({"payment_intent": intent}, {"idempotency_key": "k1"})
        twin.advance(181)
    assert client.v1.refunds.create({"payment_intent": intent}, {"idempotency_key": "k2"}).status == "succeeded"


def test_metadata_is_laid_over_and_unset_by_empty_values(client: stripe.StripeClient) -> None:
    session = checkout(client, metadata={"a": "1", "b": "2"})
    updated = client.v1.checkout.sessions.update(session.id, {"metadata": {"a": "", "c": "3"}})
    assert updated.metadata.to_dict() == {"b": "2", "c": "3"}  # type: ignore[union-attr]
    with pytest.raises(stripe.InvalidRequestError, match="doesn't model changing"):
        client.v1.checkout.sessions.update(session.id, {"line_items": [{"quantity": 2}]})


def test_what_the_twin_does_not_model_is_refused_aloud(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="doesn't model acting for connected accounts"):
        client.v1.balance.retrieve(options={"stripe_account": "acct_1Other"})
