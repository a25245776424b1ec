"""A shop with Stripe and Alipay, and their twins: what a buyer clicks, and what staff do."""

import time
from collections.abc import Callable
from functools import cached_property
from typing import Any

import httpx
from marketry_gateways.alipay import AlipayTwin
from marketry_gateways.stripe import StripeTwin
from marketry_trial_giftcard.money import hashed
from sqlalchemy import text
from tests.books import Books
from tests.buying import Buyer
from tests.payments.staff import staff_client

from marketry.testing.running import RunningSite

SECRET = "whsec_of_the_till"
SECRET_BEFORE = "whsec_that_the_till_had_before"
GOODS = {
    "CUP": {"USD": 1999, "EUR": 1999, "CNY": 13993},
    "TEN": {"USD": 1000, "CNY": 1000},
    "TEA": {"CNY": 8888},
    "FAN": {"JPY": 500},
    "OUD": {"KWD": 12_340},
    "PIN": {"KWD": 12_345},
    "LAST-A": {"USD": 1000, "CNY": 1000},
    "LAST-B": {"USD": 1000, "CNY": 1000},
}
_PAYMENTS = (
    "SELECT p.id, p.provider, p.remote_id, p.state, p.needs_review FROM orders_payment p"
    " JOIN orders_order o ON o.id = p.order_id WHERE o.number = :number ORDER BY p.position"
)
_LAST_OPERATION = (
    "SELECT p.id FROM orders_operation p JOIN orders_order o ON o.id = p.order_id WHERE o.number = :number AND p.kind = :kind"
    " ORDER BY p.requested_at DESC LIMIT 1"
)
_LONG_AGO = (
    "UPDATE orders_order SET placed_at = :then WHERE number = :number",
    "UPDATE orders_payment SET expires_at = :then WHERE order_id = (SELECT id FROM orders_order WHERE number = :number)",
)
_UNDER_WAY = (
    "SELECT count(*) FROM kernel_outbox WHERE state = 'waiting' AND handler IN ('job:orders.webhook', 'job:orders.fetch')"
)


def settings(stripe: StripeTwin, alipay: AlipayTwin) -> dict[str, str]:
    """What an operator would set."""
    theirs = alipay.settings()
    trust = {"ALIPAY_PUBLIC_KEY": theirs["alipay_public_key"]}
    if theirs["mode"] == "certificate":
        trust = {
            "APP_CERTIFICATE": theirs["app_certificate"],
            "ALIPAY_CERTIFICATE": theirs["alipay_certificate"],
            "ALIPAY_ROOT_CERTIFICATE": theirs["root_certificate"],
        }
    return {
        "MARKETRY_CURRENCIES": "USD,EUR,CNY,JPY,KWD",
        "MARKETRY_PAYMENTS_STRIPE__SECRET_KEY": stripe.key,
        "MARKETRY_PAYMENTS_STRIPE__WEBHOOK_SECRET": SECRET,
        "MARKETRY_PAYMENTS_STRIPE__WEBHOOK_SECRET_BEFORE": SECRET_BEFORE,
        "MARKETRY_PAYMENTS_STRIPE__ACCOUNT": stripe.account,
        "MARKETRY_PAYMENTS_STRIPE__API_BASE": stripe.url,
        "MARKETRY_PAYMENTS_STRIPE__CHECKOUT_BASE": stripe.url,
        "MARKETRY_PAYMENTS_ALIPAY__MODE": "sandbox",
        "MARKETRY_PAYMENTS_ALIPAY__GATEWAY": alipay.gateway_url,
        "MARKETRY_PAYMENTS_ALIPAY__APP_ID": theirs["app_id"],
        "MARKETRY_PAYMENTS_ALIPAY__SELLER_ID": theirs["seller_id"],
        "MARKETRY_PAYMENTS_ALIPAY__PRIVATE_KEY": theirs["merchant_private_key"],
        **{f"MARKETRY_PAYMENTS_ALIPAY__{name}": text for name, text in trust.items()},
    }


class Till:
    """Buys at `site`, pays at the twins, and works there as `staff`. `books` reads the shop's committed rows."""

    def __init__(self, site: RunningSite, stripe: StripeTwin, alipay: AlipayTwin) -> None:
        self.site, self.stripe, self.alipay = site, stripe, alipay
        self.browser, self.books = httpx.Client(trust_env=False, timeout=60), Books(site)

    @cached_property
    def staff(self) -> httpx.Client:
        return staff_client(self.site)

    def close(self) -> None:
        self.browser.close()
        self.books.close()
        if "staff" in vars(self):
            self.staff.close()

    def calm(self) -> None:
        """Nothing goes wrong at the twins any more, nothing is kept back, and it is now."""
        self.stripe.calm()
        self.alipay.controls.calm()

    # -- the buyer

    def order(self, method: str, sku: str = "CUP", currency: str = "", quantity: int = 1) -> tuple[str, str, str]:
        """Place an order; its number, its token and the address that the buyer is sent to."""
        number, token, action = self.placed(method, sku, currency, quantity)
        return number, token, action["url"]

    def placed(
        self, method: str, sku: str = "CUP", currency: str = "", quantity: int = 1, agent: str = ""
    ) -> tuple[str, str, Any]:
        """The same with the whole of what the buyer does next; None while the gateway hasn't answered. `agent`: the browser."""
        buyer = Buyer(self.site.url)
        try:
            if agent:
                buyer.http.headers["User-Agent"] = agent
            buyer.ready([sku] * quantity, payment=method, **({"currency": currency} if currency else {}))
            done = buyer.complete()
            assert done.status_code == 201, done.text
            told = done.json()
            return told["order"]["number"], told["order"]["token"], told["payment"]["action"]
        finally:
            buyer.http.close()

    def card(self, address: str, number: str = "4242424242424242") -> httpx.Response:
        """Pay on Stripe's page; the answer leads back to the shop."""
        form = {"email": "ada@example.com", "method": "card", "number": number, "expiry": "12 / 34", "cvc": "123", "name": "Ada"}
        return self.browser.post(address, data=form)

    def scan(self, number: str, address: str) -> str:
        """Open Alipay's page and pay there; the address that leads back to the shop."""
        self.browser.get(address, follow_redirects=True)
        return str(self.alipay.controls.pay(self.key_of(number)))

    def come_back(self, answer: httpx.Response) -> httpx.Response:
        """Follow the gateway's redirect to the shop and on to the order's page."""
        return self.browser.get(answer.headers["location"], follow_redirects=True)

    def paid(self, method: str, sku: str = "CUP", currency: str = "", quantity: int = 1) -> tuple[str, str]:
        """An order that is paid already: number and token."""
        number, token, address = self.order(method, sku, currency or ("CNY" if method == "alipay" else ""), quantity)
        if method == "alipay":
            self.browser.get(self.scan(number, address), follow_redirects=True)
        else:
            self.come_back(self.card(address))
        self.becomes(number, token, "paid")
        return number, token

    # -- what the shop knows

    def payments(self, number: str) -> list[Any]:
        """The order's attempts: id, provider, remote_id, state, needs_review."""
        return list(self.books.rows(_PAYMENTS, number=number))

    def key_of(self, number: str) -> str:
        """What the gateway calls the order's one payment."""
        (payment,) = self.payments(number)
        return str(payment.remote_id)

    def state(self, number: str, token: str) -> str:
        answer = self.browser.get(f"{self.site.url}/api/v1/orders/{number}", headers={"X-Order-Token": token})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["payment_status"])

    def becomes(self, number: str, token: str, state: str, seconds: float = 30) -> None:
        until(lambda: self.state(number, token) == state, seconds, lambda: f"{self.state(number, token)}, not {state}")

    def at_rest(self) -> None:
        """Wait until the twins have told what they have to tell and the shop has looked into it."""
        assert self.stripe.quiet(30)
        assert self.alipay.controls.quiet(30)
        until(lambda: self.books.one(_UNDER_WAY) == 0, 60, lambda: f"{self.books.one(_UNDER_WAY)} jobs are waiting")

    def seen_by_buyer(self, number: str, token: str) -> Any:
        """What the buyer does next: the action of the order's last payment."""
        answer = self.browser.get(f"{self.site.url}/api/v1/orders/{number}", headers={"X-Order-Token": token})
        assert answer.status_code == 200, answer.text
        return answer.json()["payments"][-1]["action"]

    def hasten(self, handler: str, key: str) -> None:
        """Work that waits for its time is done now."""
        with self.books.engine.begin() as connection:
            due = "UPDATE kernel_outbox SET due_at = created_at WHERE handler = :handler AND key = :key AND state = 'waiting'"
            changed = connection.execute(text(due), {"handler": handler, "key": key})
            assert changed.rowcount == 1, f"no {handler} {key} is waiting"

    def tick(self, schedule: str) -> None:
        """The next turn of a schedule is now."""
        with self.books.engine.begin() as connection:
            now = "UPDATE kernel_schedule SET next_at = :then WHERE key = :key"
            changed = connection.execute(text(now), {"key": schedule, "then": "2026-01-01 00:00:00+00:00"})
            assert changed.rowcount == 1, f"no schedule {schedule}"

    # -- the staff

    def seen(self, number: str) -> Any:
        """The order as the staff API shows it."""
        answer = self.staff.get(f"/api/v1/admin/orders/{number}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def deed(self, number: str, name: str, **asked: Any) -> httpx.Response:
        """`refund`, `capture`, `void`, `cancel` … over JSON: 200 or 202, or a refusal."""
        return self.staff.post(f"/api/v1/admin/orders/{number}/{name}", json=asked)

    def give_card(self, code: str, balance: int) -> None:
        """A gift card with so many cents on it."""
        with self.books.engine.begin() as connection:
            new = text("INSERT INTO giftcard_card (hash, currency, balance) VALUES (:hash, 'USD', :balance)")
            connection.execute(new, {"hash": hashed(code), "balance": balance})

    def left_on(self, code: str) -> int:
        return int(self.books.one("SELECT balance FROM giftcard_card WHERE hash = :hash", hash=hashed(code)))

    def waits(self, handler: str) -> bool:
        """Whether work of this kind is still to be done."""
        return bool(self.books.one("SELECT count(*) FROM kernel_outbox WHERE state = 'waiting' AND handler = :h", h=handler))

    def overdue(self, number: str) -> None:
        """The buyer's time to pay is over; the shop looks at what is overdue now."""
        with self.books.engine.begin() as connection:
            for statement in _LONG_AGO:
                connection.execute(text(statement), {"number": number, "then": "2026-01-01 00:00:00+00:00"})
        self.tick("orders.expire")

    def ask_again(self, number: str, kind: str) -> None:
        """The job behind the order's last operation of this kind does not wait until its time comes."""
        (operation,) = self.books.rows(_LAST_OPERATION, number=number, kind=kind)
        self.hasten("job:orders.operate", f"operate:{operation.id}")

    def operations(self, number: str) -> list[tuple[str, str, int]]:
        """What was asked of providers, oldest first: (kind, state, minor units)."""
        return [(o["kind"], o["state"], o["amount"]["minor"]) for o in self.seen(number)["operations"]]


def until(condition: Callable[[], bool], seconds: float, told: Callable[[], str] = str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not so within {seconds} s: {told()}")
        time.sleep(0.1)
