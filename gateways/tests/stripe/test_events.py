"""Events: signed, retried, and led astray at will."""

from __future__ import annotations

import pytest
import stripe
from gateways.tests.stripe.buyer import Buyer, checkout, paid
from gateways.tests.stripe.shop import SECRET, Shop
from marketry_gateways.stripe import VERSION, StripeTwin


def one_event(client: stripe.StripeClient) -> str:
    return client.v1.customers.create({"email": "ada@example.com"}).id


def test_an_event_shows_the_object_and_where_it_came_from(client: stripe.StripeClient, twin: StripeTwin, shop: Shop) -> None:
    customer = client.v1.customers.create({"email": "ada@example.com"}, {"idempotency_key": "k1"})
    assert twin.quiet()
    (event,) = shop.events
    assert (event.type, event.api_version, event.livemode, event.data.object.id) == (
        "customer.created",
        VERSION,
        False,
        customer.id,
    )
    assert (event.request.idempotency_key, event.pending_webhooks) == ("k1", 1)  # type: ignore[union-attr]
    assert client.v1.events.retrieve(event.id).type == "customer.created"


def test_an_event_is_sent_again_until_the_shop_takes_it(client: stripe.StripeClient, twin: StripeTwin, shop: Shop) -> None:
    shop.answers = [500, 404]
    one_event(client)
    assert twin.quiet()
    assert [delivery.status for delivery in twin.courier.deliveries] == [500, 404, 200]
    assert len({body for body, _ in shop.raw}) == 1


def test_a_shop_that_never_answers_is_given_up(client: stripe.StripeClient, twin: StripeTwin, shop: Shop) -> None:
    shop.answers = [500] * 9
    one_event(client)
    assert twin.quiet()
    assert [delivery.status for delivery in twin.courier.deliveries] == [500] * 5


@pytest.mark.parametrize(
    ("flaw", "words"),
    [
        ("altered", "No signatures found matching"),
        ("forged", "No signatures found matching"),
        ("stale", "Timestamp outside the tolerance zone"),
        ("unsigned", "No Stripe-Signature header"),
        ("malformed", "Unable to extract timestamp"),
        ("wrong_scheme", "No signatures found with expected scheme v1"),
    ],
)
def test_a_flawed_event_does_not_verify(client: stripe.StripeClient, twin: StripeTwin, shop: Shop, flaw: str, words: str) -> None:
    twin.spoil(flaw)
    one_event(client)
    assert twin.quiet()
    assert (shop.events, len(shop.refused)) == ([], 1)
    assert words in shop.refused[0]


def test_an_event_from_the_future_is_truly_signed_an_hour_ahead(
    client: stripe.StripeClient, twin: StripeTwin, shop: Shop
) -> None:
    twin.spoil("future")
    one_event(client)
    assert twin.quiet()
    (event,) = shop.events
    stamped = int(shop.raw[0][1].split(",")[0].removeprefix("t="))
    assert 3500 < stamped - event.created < 3700


def test_while_a_secret_is_rolled_either_verifies(client: stripe.StripeClient, twin: StripeTwin, shop: Shop) -> None:
    twin.roll_secret(shop.url, "whsec_new")
    one_event(client)
    assert twin.quiet()
    ((body, signature),) = shop.raw
    assert signature.count("v1=") == 2
    for secret in (SECRET, "whsec_new"):
        assert stripe.Webhook.construct_event(body, signature, secret).type == "customer.created"
    twin.roll_secret(shop.url, "whsec_new", keep_old=False)
    one_event(client)
    assert twin.quiet()
    assert "No signatures found matching" in shop.refused[0]


def test_events_are_held_and_released_reversed(client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin, shop: Shop) -> None:
    twin.hold()
    paid(client, buyer)
    order = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]
    assert (twin.held(), shop.types) == (order, [])
    assert twin.release("reversed") == 4
    assert twin.quiet()
    assert shop.types == order[::-1]


def test_an_event_is_repeated_in_parallel_with_the_same_id(client: stripe.StripeClient, twin: StripeTwin, shop: Shop) -> None:
    one_event(client)
    assert twin.repeat(9, parallel=True) == 9
    assert twin.quiet()
    assert (len(shop.events), len({event.id for event in shop.events})) == (10, 1)


def test_a_dropped_event_never_comes_but_is_in_the_list(client: stripe.StripeClient, twin: StripeTwin, shop: Shop) -> None:
    twin.drop()
    one_event(client)
    one_event(client)
    assert twin.quiet()
    assert (len(shop.events), len(client.v1.events.list({"type": "customer.created"}).data)) == (1, 2)


def test_an_event_may_be_delayed(client: stripe.StripeClient, twin: StripeTwin, shop: Shop) -> None:
    twin.delay(0.3)
    one_event(client)
    assert not twin.quiet(0.1)
    assert shop.events == []
    assert twin.quiet()
    assert shop.types == ["customer.created"]


def test_endpoints_hear_only_of_their_account_mode_and_types(client: stripe.StripeClient, twin: StripeTwin, shop: Shop) -> None:
    twin.add_endpoint(shop.url + "/picky", SECRET, events=["customer.deleted"])
    twin.add_endpoint(shop.url + "/live", SECRET, livemode=True)
    client.v1.customers.create({}, {"api_key": "sk_test_other"})
    customer = one_event(client)
    client.v1.customers.delete(customer)
    client.v1.customers.create({}, {"api_key": "sk_live_twin"})
    assert twin.quiet()
    sent = [(delivery.type, delivery.url.removeprefix(shop.url)) for delivery in twin.courier.deliveries]
    assert sent == [
        ("customer.created", ""),
        ("customer.deleted", ""),
        ("customer.deleted", "/picky"),
        ("customer.created", "/live"),
    ]


def test_an_event_is_not_sent_for_what_was_refused(client: stripe.StripeClient, twin: StripeTwin) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        checkout(client, amount=1)
    assert twin.events() == []


def test_a_true_signature_can_carry_a_falsehood(client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin, shop: Shop) -> None:
    intent = paid(client, buyer)
    told = twin.misreport("payment_intent.succeeded", {"amount_received": 1, "currency": "usd"}, livemode=True)
    assert twin.quiet()
    event = shop.events[-1]
    assert (event.id, event.livemode, event.data.object.amount_received, event.data.object.currency) == (told, True, 1, "usd")
    assert client.v1.payment_intents.retrieve(intent).amount_received == 1999
    with pytest.raises(stripe.InvalidRequestError, match="No such event"):
        client.v1.events.retrieve(told)
