"""A shop whose goods are no catalogue variants: a plugin written here sells them and counts them, through contracts alone."""

from dataclasses import replace
from typing import Any

from sqlalchemy import text

from marketry import Money, Plugin
from marketry.commerce.items import Demand, Item
from marketry.commerce.stock import StockKeeper, StockSource
from marketry.problems import conflict
from marketry.testing.inline import inline_plugin

MANUAL = """
[settings.payments_manual]
cash_fee = { USD = 500 }
[settings.payments_manual.bank_accounts.USD]
holder = "Atelier LLC"
number = "123456789"
[settings.payments_manual.bank_accounts.JPY]
holder = "Atelier KK"
number = "987654321"
"""
ADDRESS = {
    "name": "Ada Buyer", "line1": "1 Loom Street", "city": "Springfield", "region": "IL", "postal_code": "62701", "country": "US",
}  # fmt: skip


class Shelf:
    """Stock in a table of one row per key: `left` falls by a guarded UPDATE, `taken` remembers by subject."""

    def available(self, ctx: Any, stock_keys: Any) -> dict[str, int | None]:
        rows = ctx.session.execute(text("SELECT key, left_units FROM trial_shelf")).all()
        return {key: units for key, units in rows if key in stock_keys}

    def reserve(self, ctx: Any, subject: str, sources: Any, expires_at: Any) -> None:
        for source in sorted(sources, key=lambda s: s.stock_key):
            taken = ctx.session.execute(
                text("UPDATE trial_shelf SET left_units = left_units - :n WHERE key = :key AND left_units >= :n"),
                {"n": source.quantity, "key": source.stock_key},
            )
            if taken.rowcount != 1:
                raise conflict("out_of_stock", f"{source.stock_key} is sold out.", source.stock_key)

    def keep(self, ctx: Any, subject: str) -> None: ...

    def release(self, ctx: Any, subject: str, sources: Any = None, reference: str = "") -> None:
        for source in sources or ():
            ctx.session.execute(
                text("UPDATE trial_shelf SET left_units = left_units + :n WHERE key = :key"),
                {"n": source.quantity, "key": source.stock_key},
            )

    def ship(self, ctx: Any, subject: str, sources: Any, reference: str) -> None: ...

    def restock(self, ctx: Any, subject: str, sources: Any, reference: str) -> None: ...


class Goods:
    """What the trial plugin sells. Prices and titles may be changed while the shop runs."""

    def __init__(self, currency: str = "USD") -> None:
        self.items: dict[str, Item] = {}
        self.currency = currency

    def sell(self, sku: str, price: int | None = 1000, *, units: int | None = None, **more: Any) -> None:
        money = Money(price, self.currency) if price is not None else None
        demands = more.pop("demands", (Demand(sku),) if units is not None else ())
        self.items[sku] = Item(sku, f"Thing {sku}", price=money, demands=demands, **more)
        self.units = {**getattr(self, "units", {}), **({sku: units} if units is not None else {})}

    def reprice(self, sku: str, price: int) -> None:
        self.items[sku] = replace(self.items[sku], price=Money(price, self.currency))

    def resolve_items(self, ctx: Any, skus: Any) -> dict[str, Item]:
        return {sku: self._in(ctx.currency, self.items[sku]) for sku in skus if sku in self.items}

    def _in(self, currency: str, item: Item) -> Item:
        return item if item.price is None or item.price.currency == currency else replace(item, price=None)

    def stock_sources(self, ctx: Any, demands: Any) -> list[StockSource] | None:
        return [StockSource(d.stock_key, "shelf", d.quantity) for d in demands if d.stock_key in self.units] or None

    def plugin(self, **hooks: Any) -> Any:
        return inline_plugin(
            Plugin("trial_goods", "Trial goods"),
            resolve_items=lambda ctx, skus: self.resolve_items(ctx, skus),
            stock_sources=lambda ctx, demands: self.stock_sources(ctx, demands),
            services=lambda: {StockKeeper: Shelf()},
            **hooks,
        )

    def fill_shelf(self, runtime: Any) -> None:
        with runtime.database.writing() as session:
            session.execute(text("CREATE TABLE trial_shelf (key VARCHAR(64) PRIMARY KEY, left_units INTEGER NOT NULL)"))
            for key, units in self.units.items():
                session.execute(text("INSERT INTO trial_shelf VALUES (:key, :n)"), {"key": key, "n": units})

    def left(self, runtime: Any, key: str) -> int:
        with runtime.database.reading() as session:
            return int(session.execute(text("SELECT left_units FROM trial_shelf WHERE key = :key"), {"key": key}).scalar_one())


def make_shop(make_site: Any, goods: Goods, *plugins: str, extra: Any = (), **options: Any) -> Any:
    """orders and payments_manual beside the trial's goods; no catalogue, no shipping unless named."""
    options.setdefault("more", MANUAL)
    runtime = make_site("orders", "payments_manual", *plugins, extra=[goods.plugin(), *extra], **options)
    goods.fill_shelf(runtime)
    return runtime


class Buyer:
    """A guest of the JSON surface."""

    def __init__(self, client: Any, **cart: Any) -> None:
        self.client = client
        answer = client.post("/api/v1/carts", json=cart or None)
        assert answer.status_code == 201, answer.text
        self.cart, self.token = answer.json()["id"], answer.json()["token"]
        self.headers = {"X-Cart-Token": self.token}

    def call(self, method: str, path: str = "", json: Any = None, **headers: str) -> Any:
        return self.client.request(method, f"/api/v1/carts/{self.cart}{path}", json=json, headers={**self.headers, **headers})

    def add(self, sku: str, quantity: int = 1, **more: Any) -> Any:
        return self.call("POST", "/lines", {"sku": sku, "quantity": quantity, **more})

    def put(self, what: str, body: Any) -> Any:
        return self.call("PUT", f"/{what}", body)

    def show(self) -> Any:
        answer = self.call("GET")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ready(self, *skus: str, payment: str = "bank_transfer") -> "Buyer":
        for sku in skus:
            assert self.add(sku).status_code == 201
        assert self.put("email", {"email": "Ada@Example.com"}).status_code == 200
        assert self.put("shipping-address", ADDRESS).status_code == 200
        if payment:
            answer = self.put("payment-method", {"code": payment})
            assert answer.status_code == 200, answer.text
        return self

    def complete(self, key: str = "", body: Any = None) -> Any:
        return self.call("POST", "/complete", body, **{"Idempotency-Key": key or f"key-of-{self.cart}"})
