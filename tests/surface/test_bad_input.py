"""Bad input on every JSON endpoint of a cart: a 4xx that names the field where there is one, and nothing changed."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.buying import ADDRESS, Buyer
from tests.conftest import BANK, SHOP, fresh_postgres
from tests.goods import deliver, stock_up

from marketry.testing.running import RunningSite

HUGE = 10**23
BAD_QUANTITIES = [0, -1, 1.5, True, "2", None, HUGE, [], {}]
LONG = "x" * 5000


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    folder = tmp_path_factory.mktemp("bad-input")
    environment = {"MARKETRY_DATABASE_URL": fresh_postgres()} if request.param == "postgresql" else {}
    running = RunningSite(
        folder, (*SHOP, "shipping"), environment=environment, more=f"{BANK}\n[settings.orders]\ncarts_per_minute = 100000\n"
    )
    running.make_tables()
    stock_up(running, {"MUG": 10})
    deliver(running)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def buyer(shop: RunningSite) -> Buyer:
    """A cart with one line of one mug."""
    made = Buyer(shop.url)
    made.open_cart()
    assert made.add("MUG").status_code in (200, 201)
    return made


def cart(buyer: Buyer) -> Any:
    return buyer.http.get(f"/carts/{buyer.cart}").json()


def refused(answer: httpx.Response, statuses: tuple[int, ...] = (422,)) -> dict[str, Any]:
    assert answer.status_code in statuses, (answer.status_code, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"]
    assert problem["detail"]
    return dict(problem)


@pytest.mark.parametrize("quantity", BAD_QUANTITIES, ids=repr)
def test_a_quantity_that_is_no_count_is_refused_by_name(buyer: Buyer, quantity: Any) -> None:
    before = cart(buyer)
    line = before["lines"][0]["id"]
    added = buyer.http.post(f"/carts/{buyer.cart}/lines", json={"sku": "MUG", "quantity": quantity})
    assert refused(added)["field"] == "quantity"
    changed = buyer.http.patch(f"/carts/{buyer.cart}/lines/{line}", json={"quantity": quantity})
    if quantity != 0 or quantity is False:
        assert refused(changed)["field"] == "quantity"
        assert cart(buyer) == before


def test_an_exponent_is_no_count(buyer: Buyer) -> None:
    before = cart(buyer)
    raw = buyer.http.post(
        f"/carts/{buyer.cart}/lines", content=b'{"sku": "MUG", "quantity": 1e3}', headers={"Content-Type": "application/json"}
    )
    assert refused(raw)["field"] == "quantity"
    assert cart(buyer) == before


@pytest.mark.parametrize("sku", ["NOPE", "", LONG, 5, None, "MUG'; drop table orders_cart; --"], ids=repr)
def test_an_unknown_sku_is_refused_by_name(buyer: Buyer, sku: Any) -> None:
    before = cart(buyer)
    assert refused(buyer.http.post(f"/carts/{buyer.cart}/lines", json={"sku": sku, "quantity": 1}), (404, 422))["field"] == "sku"
    assert cart(buyer) == before


@pytest.mark.parametrize("token", ["", "x", "0" * 64, "é"])
def test_a_foreign_or_empty_token_sees_no_cart(buyer: Buyer, shop: RunningSite, token: str) -> None:
    before = cart(buyer)
    stranger = {b"X-Cart-Token": token.encode()}
    with httpx.Client(base_url=f"{shop.url}/api/v1") as http:
        refused(http.get(f"/carts/{buyer.cart}", headers=stranger), (404,))
        refused(http.post(f"/carts/{buyer.cart}/lines", json={"sku": "MUG", "quantity": 1}, headers=stranger), (404,))
        refused(http.put(f"/carts/{buyer.cart}/email", json={"email": "eve@example.com"}, headers=stranger), (404,))
        refused(http.post(f"/carts/{buyer.cart}/complete", headers={**stranger, b"Idempotency-Key": b"k" * 16}), (404,))
    assert cart(buyer) == before


BODIES: dict[str, bytes] = {
    "malformed": b'{"sku": ',
    "no object": b"[1]",
    "null": b"null",
    "deep": b"[" * 100_000,
    "deep object": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "huge": b'{"sku": "' + b"x" * 3_000_000 + b'"}',
    "ten thousand fields": json.dumps({f"f{n}": n for n in range(10_000)}).encode(),
    "not utf-8": b'{"sku": "\xff\xfe"}',
    "nothing": b"",
    "nan": b'{"sku": "MUG", "quantity": NaN}',
    "a nul": b'{"sku": "MUG\\u0000", "quantity": 1}',
    "a huge number": b'{"sku": "MUG", "quantity": ' + b"9" * 5000 + b"}",
}
TARGETS = {
    "add a line": ("POST", "lines"),
    "e-mail": ("PUT", "email"),
    "shipping address": ("PUT", "shipping-address"),
    "billing address": ("PUT", "billing-address"),
    "shipping method": ("PUT", "shipping-method"),
    "payment method": ("PUT", "payment-method"),
    "payments": ("PUT", "payments"),
    "coupon": ("PUT", "coupon"),
    "a plugin's input": ("PUT", "inputs/nobody/nothing"),
}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_no_input_is_refused_and_changes_nothing(buyer: Buyer, target: str, body: str) -> None:
    before = cart(buyer)
    method, path = TARGETS[target]
    answer = buyer.http.request(
        method, f"/carts/{buyer.cart}/{path}", content=BODIES[body], headers={"Content-Type": "application/json"}
    )
    refused(answer, (400, 404, 413, 422))
    assert cart(buyer) == before


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("email", {"email": "nobody"}, "email"),
        ("email", {"email": "a@b@c"}, "email"),
        ("email", {"email": LONG + "@example.com"}, "email"),
        ("email", {}, "email"),
        ("email", {"email": "a@example.com", "is_staff": True}, "is_staff"),
        ("shipping-address", {**ADDRESS, "country": "QQ"}, "country"),
        ("shipping-address", {**ADDRESS, "country": "us\n"}, "country"),
        ("shipping-address", {**ADDRESS, "name": ""}, "name"),
        ("shipping-address", {**ADDRESS, "line1": LONG}, "line1"),
        ("shipping-address", {**ADDRESS, "city": 7}, "city"),
        ("shipping-address", {**ADDRESS, "planet": "Mars"}, "planet"),
        ("shipping-method", {"code": "teleport"}, "code"),
        ("payment-method", {"code": "seashells"}, "code"),
        ("payments", [], None),
        ("payments", [{"code": "bank_transfer", "amount": {"minor": -1, "currency": "USD"}}], None),
    ],
    ids=str,
)
def test_a_wrong_value_is_refused_by_name(buyer: Buyer, path: str, body: Any, field: str | None) -> None:
    before = cart(buyer)
    problem = refused(buyer.put(path, body), (404, 422))
    if field:
        assert str(problem["field"]).split("/")[-1] == field
    assert cart(buyer) == before


def test_an_incomplete_cart_is_not_placed_and_says_what_is_missing(buyer: Buyer) -> None:
    answer = buyer.complete()
    assert refused(answer, (422,))["field"]
    assert buyer.http.get(f"/carts/{buyer.cart}").json()["requirements"]


def test_completion_needs_a_sensible_key_and_a_key_belongs_to_one_cart(shop: RunningSite) -> None:
    first, second = Buyer(shop.url), Buyer(shop.url)
    first.ready(["MUG"])
    second.ready(["MUG"])
    missing = first.http.post(f"/carts/{first.cart}/complete")
    assert refused(missing, (400, 422))["field"] == "Idempotency-Key"
    refused(first.http.post(f"/carts/{first.cart}/complete", headers={"Idempotency-Key": LONG}), (422,))
    assert first.complete().status_code == 201
    second.key = first.key
    refused(second.complete(), (409,))
