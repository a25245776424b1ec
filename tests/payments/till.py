"""A shop with Stripe and Alipay, and their twins: what a buyer clicks, and both books side by side."""

import time
from collections.abc import Callable

import httpx
from marketry_gateways.alipay import AlipayTwin
from marketry_gateways.stripe import StripeTwin
from tests.books import Books
from tests.buying import Buyer

from marketry.testing.running import RunningSite

SECRET = "whsec_of_the_till"


def settings(stripe: StripeTwin, alipay: AlipayTwin) -> dict[str, str]:
    """What an operator would set."""
    theirs = alipay.settings()
    return {
        "MARKETRY_PAYMENTS_STRIPE__SECRET_KEY": stripe.key,
        "MARKETRY_PAYMENTS_STRIPE__WEBHOOK_SECRET": SECRET,
        "MARKETRY_PAYMENTS_STRIPE__API_BASE": stripe.url,
        "MARKETRY_PAYMENTS_STRIPE__CHECKOUT_BASE": stripe.url,
        "MARKETRY_PAYMENTS_ALIPAY__MODE": "sandbox",
        "MARKETRY_PAYMENTS_ALIPAY__GATEWAY": alipay.gateway_url,
        "MARKETRY_PAYMENTS_ALIPAY__APP_ID": theirs["app_id"],
        "MARKETRY_PAYMENTS_ALIPAY__SELLER_ID": theirs["seller_id"],
        "MARKETRY_PAYMENTS_ALIPAY__PRIVATE_KEY": theirs["merchant_private_key"],
        "MARKETRY_PAYMENTS_ALIPAY__ALIPAY_PUBLIC_KEY": theirs["alipay_public_key"],
    }


class Till:
    """Buys at `site`, pays at the twins."""

    def __init__(self, site: RunningSite, stripe: StripeTwin, alipay: AlipayTwin) -> None:
        self.site, self.stripe, self.alipay = site, stripe, alipay
        self.browser = httpx.Client(trust_env=False)

    def order(self, method: str, sku: str = "CUP", currency: str = "") -> tuple[str, str, str]:
        """Place an order; its number, its token and the address that the buyer is sent to."""
        buyer = Buyer(self.site.url)
        try:
            buyer.ready([sku], payment=method, **({"currency": currency} if currency else {}))
            done = buyer.http.post(f"/carts/{buyer.cart}/complete", headers={"Idempotency-Key": buyer.key})
            assert done.status_code == 201, done.text
            told = done.json()
            return told["order"]["number"], told["order"]["token"], told["payment"]["action"]["url"]
        finally:
            buyer.http.close()

    def card(self, address: str, number: str = "4242424242424242") -> httpx.Response:
        form = {"email": "ada@example.com", "method": "card", "number": number, "expiry": "12 / 34", "cvc": "123", "name": "Ada"}
        return self.browser.post(address, data=form)

    def come_back(self, answer: httpx.Response) -> httpx.Response:
        """Follow the gateway's redirect to the shop and on to the order's page."""
        return self.browser.get(answer.headers["location"], follow_redirects=True)

    def key_of(self, number: str) -> str:
        """What Alipay calls the order's one payment."""
        books = Books(self.site)
        try:
            of_order = (
                "SELECT p.remote_id FROM orders_payment p JOIN orders_order o ON o.id = p.order_id WHERE o.number = :number"
            )
            return str(books.one(of_order, number=number))
        finally:
            books.close()

    def state(self, number: str, token: str) -> str:
        answer = self.browser.get(f"{self.site.url}/api/v1/orders/{number}", headers={"X-Order-Token": token})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["payment_status"])

    def becomes(self, number: str, token: str, state: str, seconds: float = 30) -> None:
        until(lambda: self.state(number, token) == state, seconds, lambda: f"{self.state(number, token)}, not {state}")


def until(condition: Callable[[], bool], seconds: float, told: Callable[[], str] = str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not so within {seconds} s: {told()}")
        time.sleep(0.1)
