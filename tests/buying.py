"""Buying over the JSON surface, as a headless shop would."""

import uuid
from typing import Any

import httpx

ADDRESS = {
    "name": "Ada Buyer", "line1": "1 Loom Street", "line2": "", "city": "Springfield", "region": "IL",
    "postal_code": "62701", "country": "US", "phone": "+1 555 0100",
}  # fmt: skip


class Buyer:
    """One guest with a cart. Each step returns the response; `ready` does all steps up to completion."""

    def __init__(self, url: str, *, timeout: float = 60) -> None:
        no_idle = httpx.Limits(max_keepalive_connections=0)  # nothing is left open when a buyer goes away
        self.http = httpx.Client(base_url=f"{url}/api/v1", timeout=timeout, limits=no_idle)
        self.cart, self.token = "", ""
        self.key = uuid.uuid4().hex

    def open_cart(self, **wish: str) -> None:
        """`wish`: currency, country."""
        answer = self.http.post("/carts", json=wish) if wish else self.http.post("/carts")
        assert answer.status_code == 201, answer.text
        self.cart, self.token = answer.json()["id"], answer.json()["token"]
        self.http.headers["X-Cart-Token"] = self.token

    def add(self, sku: str, quantity: int = 1, inputs: dict[str, Any] | None = None) -> httpx.Response:
        body: dict[str, Any] = {"sku": sku, "quantity": quantity, **({"inputs": inputs} if inputs else {})}
        return self.http.post(f"/carts/{self.cart}/lines", json=body)

    def put(self, what: str, body: Any) -> httpx.Response:
        return self.http.put(f"/carts/{self.cart}/{what}", json=body)

    def methods(self, kind: str) -> list[dict[str, Any]]:
        answer = self.http.get(f"/carts/{self.cart}/{kind}-methods")
        assert answer.status_code == 200, answer.text
        found = answer.json()
        return list(found["items"] if isinstance(found, dict) else found)

    def ready(self, skus: list[str], payment: str = "bank_transfer", email: str = "ada@example.com", **wish: str) -> None:
        """A cart that lacks nothing: lines, e-mail, address, delivery where it is asked for, payment."""
        self.open_cart(**wish)
        for sku in skus:
            answer = self.add(sku)
            assert answer.status_code in (200, 201), answer.text
        for what, body in (("email", {"email": email}), ("shipping-address", ADDRESS)):
            answer = self.put(what, body)
            assert answer.status_code == 200, answer.text
        self.choose_delivery()
        answer = self.put("payment-method", {"code": payment})
        assert answer.status_code == 200, answer.text

    def choose_delivery(self) -> None:
        """The first method of every group that has any."""
        for method in {m.get("group"): m for m in reversed(self.methods("shipping"))}.values():
            answer = self.put("shipping-method", {"code": method["code"], "group": method.get("group")})
            assert answer.status_code == 200, answer.text

    def complete(self) -> httpx.Response:
        return self.http.post(f"/carts/{self.cart}/complete", headers={"Idempotency-Key": self.key})
