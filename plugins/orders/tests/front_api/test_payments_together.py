"""Gateways, local credit and deferred payments in one order; what happens when one part fails or a process dies."""

import re

import pytest
from plugins.orders.tests.front_payers import Credit, Gateway, credit_left, give_credit, payers
from plugins.orders.tests.front_shop import Buyer, Goods, make_shop
from sqlalchemy import text

from marketry.problems import Problem, Refused
from marketry.testing.clients import client_of
from marketry.web.values import SYSTEM
from marketry_orders.initiating import initiate


@pytest.fixture
def gateway():
    return Gateway()


@pytest.fixture
def goods():
    return Goods()


@pytest.fixture
def shop(database, make_site, goods, gateway):
    goods.sell("MUG", 1250, units=10)
    runtime = make_shop(make_site, goods, extra=[payers(gateway, Credit())])
    give_credit(runtime, 1000)
    return runtime


@pytest.fixture
def client(shop):
    return client_of(shop)


def rows(shop, statement):
    with shop.database.reading() as session:
        return [tuple(row) for row in session.execute(text(statement)).all()]


PAYMENTS = "SELECT provider, amount, state FROM orders_payment ORDER BY created_at, position"
MINOR = {"amount": {"minor": 1000, "currency": "USD"}}


def test_a_gateway_is_asked_after_the_commit_and_outside_any_transaction(client, gateway, shop):
    done = Buyer(client).ready("MUG", payment="gateway").complete().json()
    assert gateway.in_transaction == [False]
    assert done["payment"]["state"] == "requires_action"
    assert done["payment"]["action"]["url"] == "https://gateway.example/pay/r-1"
    charge = gateway.asked[0]
    assert (charge.order_number, charge.amount.minor, charge.email) == (done["order"]["number"], 1250, "ada@example.com")
    back = f"http://testserver/orders/{charge.order_number}/return?payment={charge.key}&token="
    assert charge.return_url.startswith(back)
    assert charge.cancel_url.startswith(f"http://testserver/orders/{charge.order_number}?token=")


def test_a_gateway_that_cannot_be_reached_leaves_the_order_and_is_asked_again_by_the_job(client, gateway, shop):
    gateway.answer, answer = ConnectionError("no route"), gateway.answer
    buyer = Buyer(client).ready("MUG", payment="gateway")
    done = buyer.complete()
    assert (done.status_code, done.json()["payment"]["state"]) == (201, "created")
    gateway.answer = answer
    key = gateway.asked[0].key
    initiate(shop.context(actor=SYSTEM), {"payment": key})
    initiate(shop.context(actor=SYSTEM), {"payment": key})
    assert [charge.key for charge in gateway.asked] == [key, key]
    assert rows(shop, PAYMENTS) == [("gateway", 1250, "requires_action")]
    assert buyer.complete().json()["payment"]["action"]["url"] == "https://gateway.example/pay/r-1"


def test_a_job_stands_behind_every_gateway_in_the_same_transaction(client, gateway, shop):
    Buyer(client).ready("MUG", payment="gateway").complete()
    assert rows(shop, "SELECT key FROM kernel_outbox WHERE key LIKE 'initiate:%'") == [(f"initiate:{gateway.asked[0].key}",)]


def test_credit_pays_first_and_the_gateway_the_rest(client, gateway, shop):
    buyer = Buyer(client).ready("MUG", payment="")
    buyer.put("payments", [{"code": "credit", **MINOR}, {"code": "gateway"}])
    assert buyer.complete().status_code == 201
    assert rows(shop, PAYMENTS) == [("credit", 1000, "authorised"), ("gateway", 250, "requires_action")]
    assert credit_left(shop) == 0


def test_credit_that_covers_everything_is_taken_at_once_and_the_order_is_paid(client, shop, goods):
    goods.sell("SPOON", 400, units=5)
    with shop.database.writing() as session:
        session.execute(text("INSERT INTO trial_shelf VALUES ('SPOON', 5)"))
    done = Buyer(client).ready("SPOON", payment="credit").complete().json()
    assert done["order"]["payment_status"] == "paid"
    assert rows(shop, PAYMENTS) == [("credit", 400, "captured")]
    assert credit_left(shop) == 600


def test_credit_that_does_not_suffice_refuses_the_order_whole(client, shop, goods):
    buyer = Buyer(client).ready("MUG", payment="credit")
    refused = buyer.complete()
    assert (refused.status_code, refused.json()["code"], refused.json()["plugin"]) == (422, "credit_too_low", "trial_payers")
    assert rows(shop, "SELECT count(*) FROM orders_order") == [(0,)]
    assert (goods.left(shop, "MUG"), credit_left(shop)) == (10, 1000)
    assert buyer.put("payment-method", {"code": "bank_transfer"}).status_code == 200
    assert buyer.complete().status_code == 201


def test_credit_comes_back_when_the_gateway_refuses(client, gateway, shop):
    gateway.answer = Refused(Problem("card_declined", "The card was declined."))
    buyer = Buyer(client).ready("MUG", payment="")
    buyer.put("payments", [{"code": "credit", **MINOR}, {"code": "gateway"}])
    done = buyer.complete()
    assert done.status_code == 201
    assert rows(shop, PAYMENTS) == [("credit", 1000, "cancelled"), ("gateway", 250, "failed")]
    assert credit_left(shop) == 1000
    assert done.json()["order"]["status"] == "placed"


def test_a_buyer_whose_payment_failed_pays_another_way_on_the_orders_page(client, gateway, shop):
    gateway.answer = Refused(Problem("card_declined", "The card was declined."))
    order = Buyer(client).ready("MUG", payment="gateway").complete().json()["order"]
    page = client.get(f"/orders/{order['number']}?token={order['token']}")
    assert "The card was declined." in page.text
    assert "Pay $12.50" in page.text
    address, token = f"/orders/{order['number']}/payments", re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    wrong = client.post(address, data={"csrf_token": token, "payment": "seashells"})
    assert wrong.status_code == 422
    paid = client.post(address, data={"csrf_token": token, "payment": "bank_transfer"})
    assert (paid.status_code, "123456789" in paid.text, "Pay $12.50" in paid.text) == (200, True, False)
    assert rows(shop, PAYMENTS) == [("gateway", 1250, "failed"), ("bank_transfer", 1250, "requires_action")]
    assert rows(shop, "SELECT payment_status FROM orders_order") == [("pending",)]
    assert client.post(address, data={"csrf_token": token, "payment": "bank_transfer"}).status_code == 409
    assert len(rows(shop, PAYMENTS)) == 2
