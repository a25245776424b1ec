"""A guest buys over JSON what no catalogue knows."""

import pytest
from plugins.orders.tests.front_shop import ADDRESS, Buyer, Goods, make_shop
from sqlalchemy import text

from marketry.testing.clients import client_of


@pytest.fixture
def goods():
    return Goods()


@pytest.fixture
def shop(database, make_site, goods):
    goods.sell("MUG", 1250, units=10)
    goods.sell("CARD", 5000, shippable=False)
    return make_shop(make_site, goods)


@pytest.fixture
def client(shop):
    return client_of(shop)


def test_without_a_shipping_plugin_a_guest_buys_with_free_delivery(shop, client, goods):
    buyer = Buyer(client)
    added = buyer.add("MUG", 2)
    assert (added.status_code, added.json()["totals"]["total"]) == (201, {"minor": 2500, "currency": "USD"})
    buyer.put("email", {"email": "Ada@Example.com"})
    buyer.put("shipping-address", ADDRESS)
    assert buyer.call("GET", "/shipping-methods").json() == []
    assert [m["code"] for m in buyer.call("GET", "/payment-methods").json()] == ["bank_transfer", "cash_on_delivery"]
    paid = buyer.put("payment-method", {"code": "bank_transfer"})
    assert (paid.status_code, paid.json()["requirements"]) == (200, [])

    done = buyer.complete()

    assert done.status_code == 201, done.text
    body = done.json()
    assert body["payment"]["state"] == "requires_action"
    assert body["payment"]["action"]["instructions"]["Reference"] == body["order"]["number"]
    assert body["order"]["payment_status"] == "pending"
    assert body["order"]["total"] == {"minor": 2500, "currency": "USD"}
    assert goods.left(shop, "MUG") == 8
    seen = client.get(f"/api/v1/orders/{body['order']['number']}", headers={"X-Order-Token": body["order"]["token"]})
    assert seen.status_code == 200, seen.text
    assert [(line["sku"], line["quantity"], line["total"]["minor"]) for line in seen.json()["lines"]] == [("MUG", 2, 2500)]
    assert seen.json()["email"] == "ada@example.com"


def test_an_order_is_shown_to_nobody_without_its_token(client):
    order = Buyer(client).ready("MUG").complete().json()["order"]
    for token in ("", "x", order["token"][:-1], Buyer(client).ready("MUG").complete().json()["order"]["token"]):
        answer = client.get(f"/api/v1/orders/{order['number']}", headers={"X-Order-Token": token})
        assert (answer.status_code, answer.json()["code"]) == (404, "order_not_found")


def test_the_same_key_gives_the_same_order_and_another_body_is_refused(shop, client, goods):
    buyer = Buyer(client).ready("MUG")
    first, second = buyer.complete("one-key"), buyer.complete("one-key")
    assert first.json()["order"]["number"] == second.json()["order"]["number"]
    assert buyer.complete("another").json()["order"]["number"] == first.json()["order"]["number"]
    other = buyer.complete("one-key", {"total": {"minor": 1, "currency": "USD"}})
    assert (other.status_code, other.json()["code"]) == (409, "key_in_use")
    stranger = Buyer(client).ready("MUG").complete("one-key")
    assert (stranger.status_code, stranger.json()["field"]) == (409, "Idempotency-Key")
    assert goods.left(shop, "MUG") == 9


def test_a_key_is_its_clients_own(shop, client, goods):
    elsewhere = client_of(shop, client=("203.0.113.9", 50000))
    first, second = Buyer(client).ready("MUG").complete("1"), Buyer(elsewhere).ready("MUG").complete("1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["order"]["number"] != second.json()["order"]["number"]
    assert goods.left(shop, "MUG") == 8


def test_a_price_that_rose_meanwhile_is_shown_before_it_is_charged(shop, client, goods):
    buyer = Buyer(client).ready("MUG")
    goods.reprice("MUG", 1300)
    refused = buyer.complete()
    assert (refused.status_code, refused.json()["code"]) == (409, "totals_changed")
    assert "$13.00" in refused.json()["detail"]
    assert goods.left(shop, "MUG") == 10
    assert buyer.show()["totals"]["total"]["minor"] == 1300
    assert buyer.complete().json()["order"]["total"]["minor"] == 1300


def test_the_accepted_total_is_what_the_client_says(client, goods):
    buyer = Buyer(client).ready("MUG")
    wrong = buyer.complete("k1", {"total": {"minor": 1249, "currency": "USD"}})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "totals_changed")
    assert buyer.complete("k1", {"hash": "0" * 64}).json()["code"] == "totals_changed"
    assert buyer.complete("k1", {"hash": buyer.show()["hash"]}).status_code == 201


def test_a_fee_is_charged_by_the_provider_that_asks_for_it(client):
    buyer = Buyer(client).ready("MUG", payment="cash_on_delivery")
    cart = buyer.show()
    assert cart["totals"]["fees"] == {"minor": 500, "currency": "USD"}
    fee = next(a for a in cart["adjustments"] if a["stage"] == "fee")
    assert (fee["plugin"], fee["label"], fee["amount"]["minor"]) == ("payments_manual", "Cash on delivery", 500)
    assert buyer.complete().json()["order"]["total"]["minor"] == 1750


def test_more_than_an_order_can_hold_lies_in_the_cart_and_is_not_placed(shop, client, goods):
    goods.sell("GOLD", 10**15 - 1, shippable=False)
    buyer = Buyer(client).ready("MUG")
    added = buyer.add("GOLD", 9999)
    assert (added.status_code, [r["code"] for r in added.json()["requirements"]]) == (201, ["too_much"])
    assert (buyer.show()["totals"]["total"]["minor"], buyer.complete().status_code) == (9999 * (10**15 - 1) + 1250, 422)
    line = next(line["id"] for line in buyer.show()["lines"] if line["sku"] == "GOLD")
    assert buyer.call("DELETE", f"/lines/{line}").json()["requirements"] == []


def test_what_is_missing_is_named_and_nothing_is_placed(shop, client, goods):
    buyer = Buyer(client)
    assert [r["code"] for r in buyer.show()["requirements"]] == ["lines"]
    buyer.add("MUG")
    refused = buyer.complete()
    assert refused.status_code == 422
    assert [e["field"] for e in refused.json()["errors"]] == ["email", "shipping-address", "payments"]
    assert goods.left(shop, "MUG") == 10


def test_two_ways_to_pay_share_the_total_and_the_last_takes_the_remainder(shop, client):
    buyer = Buyer(client).ready("MUG", payment="")
    first = {"code": "bank_transfer", "amount": {"minor": 1000, "currency": "USD"}}
    assert buyer.put("payments", [first, {"code": "cash_on_delivery"}]).json()["requirements"] == []
    done = buyer.complete()
    assert done.status_code == 201, done.text
    assert [(p["code"], p["amount"]["minor"]) for p in done.json()["payments"]] == [
        ("bank_transfer", 1000), ("cash_on_delivery", 750),
    ]  # fmt: skip


def test_payments_that_leave_something_open_are_named(client):
    buyer = Buyer(client).ready("MUG", payment="")
    short = buyer.put("payments", [{"code": "bank_transfer", "amount": {"minor": 1000, "currency": "USD"}}])
    assert [r["code"] for r in short.json()["requirements"]] == ["payments_incomplete"]
    assert "$2.50" in short.json()["requirements"][0]["detail"]
    assert buyer.complete().status_code == 422


def test_an_order_that_costs_nothing_needs_no_payment_and_is_paid(shop, client, goods):
    goods.sell("GIFT", 0, shippable=False)
    buyer = Buyer(client)
    buyer.add("GIFT")
    assert buyer.put("email", {"email": "ada@example.com"}).json()["requirements"] == []
    done = buyer.complete()
    assert done.status_code == 201, done.text
    assert done.json()["order"]["payment_status"] == "paid"
    assert (done.json()["payments"], done.json()["payment"]["action"]) == ([], None)


def test_what_sold_out_meanwhile_refuses_the_whole_order(shop, client, goods):
    buyer = Buyer(client).ready("MUG", "CARD")
    with shop.database.writing() as session:
        session.execute(text("UPDATE trial_shelf SET left_units = 0"))
    refused = buyer.complete()
    line = next(line["id"] for line in buyer.show()["lines"] if line["sku"] == "MUG")
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (409, "out_of_stock", f"lines/{line}")
    with shop.database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM orders_order")).scalar_one() == 0
    assert buyer.show()["completed"] is False
