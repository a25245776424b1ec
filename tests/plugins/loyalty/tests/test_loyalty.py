"""Points are earned by paying and spent in the checkout, once."""

import pytest
from marketry_trial_loyalty.models import Account
from plugins.orders.tests.front_shop import Buyer, Goods, make_shop
from sqlalchemy import select

from marketry.commerce.events import OrderPaid
from marketry.jobs.running import run_pending
from marketry.testing.clients import client_of
from marketry.web.values import SYSTEM

EMAIL = "ada@example.com"


@pytest.fixture
def goods():
    goods = Goods()
    goods.sell("MUG", 3000)
    goods.sell("SPOON", 250)
    return goods


@pytest.fixture
def shop(database, make_site, goods):
    runtime = make_shop(make_site, goods, "loyalty")
    ctx = runtime.context(actor=SYSTEM)
    with ctx.writing() as session:
        session.add(Account(email=EMAIL, points=500))
    return runtime


def points(shop, email=EMAIL):
    with shop.context().reading() as session:
        return session.scalar(select(Account.points).where(Account.email == email))


def redeem(buyer, wanted):
    return buyer.put("inputs/loyalty/redeem", {"points": wanted})


def test_points_are_a_discount_explained_by_the_plugin_and_leave_with_the_order(shop):
    buyer = Buyer(client_of(shop)).ready("MUG")
    cart = redeem(buyer, 400).json()
    assert cart["totals"]["discount"]["minor"] == -400
    assert cart["totals"]["total"]["minor"] == 2600
    explained = [(a["code"], a["amount"]["minor"], a["plugin"], a["rule"]) for a in cart["adjustments"]]
    assert explained == [("points", -400, "loyalty", "redeem")]
    assert points(shop) == 500
    order = buyer.complete()
    assert order.status_code == 201, order.text
    assert order.json()["order"]["total"]["minor"] == 2600
    assert points(shop) == 100


def test_no_more_is_spent_than_is_there_nor_than_the_goods_are_worth(shop):
    assert redeem(Buyer(client_of(shop)).ready("MUG"), 100_000).json()["totals"]["discount"]["minor"] == -500
    buyer = Buyer(client_of(shop)).ready("SPOON")
    cart = redeem(buyer, 500).json()
    assert (cart["totals"]["total"]["minor"], cart["adjustments"][0]["cut"]["minor"]) == (0, 250)
    assert buyer.complete().status_code == 201
    assert points(shop) == 250


def test_points_spent_in_two_carts_are_spent_once(shop):
    first, second = (Buyer(client_of(shop)).ready("MUG") for _ in range(2))
    redeem(first, 500)
    redeem(second, 500)
    assert first.complete().status_code == 201
    late = second.complete()
    assert (late.status_code, late.json()["code"]) == (409, "totals_changed")
    assert points(shop) == 0


@pytest.mark.parametrize("wrong", [{"points": 0}, {"points": "5"}, {"points": True}, {"points": 1.5}, {}, {"points": 1, "x": 2}])
def test_what_is_no_number_of_points_is_refused_by_name(shop, wrong):
    answer = Buyer(client_of(shop)).ready("MUG").put("inputs/loyalty/redeem", wrong)
    assert (answer.status_code, answer.json()["plugin"]) == (422, "loyalty")
    assert answer.json()["field"].startswith("inputs/loyalty/redeem")


def test_a_paid_order_earns_points_once_for_whoever_placed_it(shop):
    order = Buyer(client_of(shop)).ready("MUG").complete().json()["order"]
    ctx = shop.context(actor=SYSTEM)
    with ctx.writing():
        ctx.publish(OrderPaid(at=ctx.now(), number=order["number"], currency="USD", amount=3000))
    run_pending(shop)
    assert points(shop) == 650
    run_pending(shop)
    assert points(shop) == 650


def test_the_cart_says_where_the_plugin_asks(shop):
    (asked,) = Buyer(client_of(shop)).ready("MUG").show()["inputs"]
    assert (asked["plugin"], asked["key"], asked["step"], asked["required"]) == ("loyalty", "redeem", "payment", False)


def test_the_checkout_shows_what_the_order_earns_through_its_slot(shop):
    from marketry.commerce.cart import Cart, CartLine, LineId
    from marketry.commerce.items import Item
    from marketry.commerce.money import Money
    from marketry.commerce.quote import Quote, QuoteLine
    from marketry.web.slots import draw

    line = CartLine(LineId("l1"), Item("MUG", "Mug"), 1)
    quote = Quote(Cart("c", "USD", "en", (line,)), (QuoteLine(line, Money(3000, "USD")),))
    assert draw(shop.context(), "checkout.summary", {"quote": quote}) == "<p>This order earns 150 points.</p>"
