"""A shop in the test's own process beside Stripe's twin, with customers: what saving a card takes, and no server."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
from marketry_gateways.stripe import StripeTwin
from plugins.orders.tests.front_shop import Buyer, Goods, make_shop
from plugins.orders.tests.people import People
from sqlalchemy import text
from tests.payments.opening import OUTBOUND, database_of

from marketry.jobs.running import run_pending
from marketry.testing.clients import visitor_of
from marketry.testing.sites import SiteFactory
from marketry.web.values import SYSTEM

CARD, PROOF, OTHER = "4242424242424242", "4000002760003184", "5555555555554444"


class VaultShop:
    """`runtime` with the `twin` beside it. Every scenario has customers of its own."""

    def __init__(self, runtime: Any, twin: StripeTwin, people: People) -> None:
        self.runtime, self.twin, self.people, self.made = runtime, twin, people, 0
        self.bank = httpx.Client(trust_env=False, timeout=30)

    def somebody(self) -> str:
        self.made += 1
        name = f"ada{self.made}"
        self.people.add(name)
        return name

    def client(self, name: str) -> Any:
        """A browser in which `name` is signed in; "" for a guest."""
        client = visitor_of(self.runtime)
        if name:
            assert client.post(f"/trial/sign-in/{name}").status_code == 200
        return client

    def buyer(self, name: str) -> Buyer:
        """Over JSON, with a bearer token."""
        return Buyer(visitor_of(self.runtime, headers={"Authorization": f"Bearer {name}"} if name else {}))

    def ordered(self, name: str, **choice: Any) -> Any:
        """The answer to completing a cart that is paid with Stripe."""
        buyer = self.buyer(name).ready("TEA", payment="")
        chosen = buyer.put("payment-method", {"code": "stripe", **choice})
        assert chosen.status_code == 200, chosen.text
        done = buyer.complete()
        assert done.status_code == 201, done.text
        return done.json()

    def pays(self, told: Any, number: str = CARD) -> None:
        """On Stripe's page, and back at the shop."""
        form = {"email": "ada@example.com", "method": "card", "number": number, "expiry": "12 / 34", "cvc": "123", "name": "Ada"}
        self.returns(self.bank.post(told["payment"]["action"]["url"], data=form))

    def proves(self, address: str, outcome: str = "complete") -> None:
        """At the bank, and back."""
        self.returns(self.bank.post(address, data={"outcome": outcome}))

    def returns(self, answer: httpx.Response) -> None:
        while answer.headers["location"].startswith("/"):
            answer = self.bank.get(f"{self.twin.url}{answer.headers['location']}", follow_redirects=False)
            if answer.status_code == 200:
                answer = self.bank.post(str(answer.url), data={"outcome": "complete"})
        visitor_of(self.runtime).get(answer.headers["location"])
        run_pending(self.runtime)

    def saves(self, name: str, number: str = CARD) -> str:
        """An order whose card is kept; the number of the order."""
        told = self.ordered(name, save=True)
        self.pays(told, number)
        return str(told["order"]["number"])

    def cards(self, name: str) -> list[dict[str, Any]]:
        answer = visitor_of(self.runtime).get("/api/v1/customer/instruments", headers={"Authorization": f"Bearer {name}"})
        assert answer.status_code == 200, answer.text
        return list(answer.json())

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        with self.runtime.database.reading() as session:
            return [tuple(row) for row in session.execute(text(statement), values)]

    def ledger(self, number: str) -> list[tuple[Any, ...]]:
        return self.rows(
            "SELECT t.kind, t.phase, t.amount, t.currency FROM orders_transaction t JOIN orders_order o ON o.id = t.order_id"
            " WHERE o.number = :number ORDER BY t.id",
            number=number,
        )

    def status(self, number: str) -> str:
        return str(self.rows("SELECT payment_status FROM orders_order WHERE number = :number", number=number)[0][0])

    def at_stripe(self, number: str) -> list[tuple[str, int, int]]:
        """Stripe's own book of the order: (status, captured, refunded) per payment."""
        found = [p for p in self.twin.statement()["payments"] if p["metadata"].get("order") == number]
        return [(p["status"], p["captured"], p["refunded"]) for p in found]

    def attached(self) -> set[str]:
        """Payment methods that a customer at Stripe has."""
        return {method["id"] for method in self.twin.book.all("payment_method") if method["customer"]}

    def token_of(self, card: str) -> str:
        return str(self.rows("SELECT token FROM orders_saved_means WHERE id = :id", id=card)[0][0])

    def ctx(self) -> Any:
        return self.runtime.context(actor=SYSTEM)


@contextmanager
def vault_shop(folder: Path, database: str, *plugins: str, extra: Any = ()) -> Iterator[VaultShop]:
    goods, people = Goods(), People()
    goods.sell("TEA", 1999, units=500)
    with ExitStack() as stack:
        twin = stack.enter_context(StripeTwin())
        environ = {
            "MARKETRY_PAYMENTS_STRIPE__SECRET_KEY": twin.key,
            "MARKETRY_PAYMENTS_STRIPE__API_BASE": twin.url,
            "MARKETRY_PAYMENTS_STRIPE__CHECKOUT_BASE": twin.url,
            **database_of(database),
        }
        factory = SiteFactory(folder, environ)
        stack.callback(factory.close)
        runtime = make_shop(factory, goods, "payments_stripe", *plugins, extra=[people.plugin(), *extra], more=OUTBOUND)
        shop = VaultShop(runtime, twin, people)
        stack.callback(shop.bank.close)
        yield shop
