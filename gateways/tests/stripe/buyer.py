"""A buyer at the hosted page, without JavaScript; and the session they pay for."""

from __future__ import annotations

from typing import Any

import httpx
import stripe


class Buyer(httpx.Client):
    """Fills in the forms of the hosted page."""

    def __init__(self) -> None:
        super().__init__(trust_env=False)

    def pay(self, session: Any, number: str = "4242424242424242", **typed: str) -> httpx.Response:
        form = {"email": "ada@example.com", "method": "card", "number": number, "expiry": "12 / 34", "cvc": "123"}
        return self.post(session.url, data=form | {"name": "Ada"} | typed)

    def debit(self, session: Any, iban: str) -> httpx.Response:
        return self.post(session.url, data={"email": "ada@example.com", "method": "sepa_debit", "iban": iban})

    def challenge(self, answer: httpx.Response, outcome: str) -> httpx.Response:
        """The bank's page, to which ``answer`` led."""
        return self.post(str(answer.url.join(answer.headers["location"])), data={"outcome": outcome})


def checkout(client: stripe.StripeClient, *, amount: int = 1999, currency: str = "eur", **more: Any) -> Any:
    """A session for one cup."""
    price = {"currency": currency, "unit_amount": amount, "product_data": {"name": "Cup"}}
    params: Any = {
        "mode": "payment",
        "line_items": [{"quantity": 1, "price_data": price}],
        "success_url": "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://shop.example/cart",
        **more,
    }
    return client.v1.checkout.sessions.create(params)


def paid(client: stripe.StripeClient, buyer: Buyer, number: str = "4242424242424242", **more: Any) -> str:
    """A payment intent that the buyer paid with a card; returns its id."""
    session = checkout(client, **more)
    buyer.pay(session, number)
    return str(client.v1.checkout.sessions.retrieve(session.id).payment_intent)
