"""Amounts on the wire, by Stripe's rules for currencies."""

from __future__ import annotations

import pytest
import stripe
from gateways.tests.stripe.buyer import Buyer, checkout
from marketry_gateways.stripe import StripeTwin


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (1999, "eur", "19.99 EUR"),
        (500, "jpy", "500 JPY"),
        (12340, "kwd", "12.340 KWD"),
        (8888, "cny", "88.88 CNY"),
        (50000, "isk", "500.00 ISK"),
    ],
)
def test_an_amount_is_shown_and_booked_in_its_currency_s_places(
    client: stripe.StripeClient, buyer: Buyer, twin: StripeTwin, amount: int, currency: str, shown: str
) -> None:
    session = checkout(client, amount=amount, currency=currency)
    assert shown in buyer.get(session.url).text
    buyer.pay(session)
    (payment,) = twin.statement()["payments"]
    assert (payment["captured"], payment["currency"]) == (amount, currency)


@pytest.mark.parametrize(
    ("amount", "currency", "code", "words"),
    [
        (49, "eur", "amount_too_small", "Amount must be at least 0.50 EUR"),
        (29, "gbp", "amount_too_small", "Amount must be at least 0.30 GBP"),
        (49, "jpy", "amount_too_small", "Amount must be at least 50 JPY"),
        (100_000_000, "usd", "amount_too_large", "Amount must be no more than 999,999.99 USD"),
        (12345, "kwd", None, "must be evenly divisible by 10"),
        (50050, "isk", None, "must be evenly divisible by 100"),
        (50050, "ugx", None, "must be evenly divisible by 100"),
        (-1, "eur", "parameter_invalid_integer", "Invalid non-negative integer"),
        (500, "xyz", None, "Invalid currency: xyz"),
    ],
)
def test_an_amount_that_stripe_would_refuse_is_refused(
    client: stripe.StripeClient, twin: StripeTwin, amount: int, currency: str, code: str | None, words: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=words) as refused:
        client.v1.payment_intents.create({"amount": amount, "currency": currency})
    assert refused.value.code == code
    assert twin.statement()["payments"] == []


def test_a_session_below_the_minimum_is_refused(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=r"total amount due must add up to at least 0\.50 EUR") as refused:
        checkout(client, amount=49)
    assert refused.value.code == "amount_too_small"
