"""Gift cards: bought without stock, spent beside another way to pay, given back when the order falls."""

import pytest
from marketry_trial_giftcard.models import Card
from marketry_trial_giftcard.money import hashed
from plugins.orders.tests.front_shop import Buyer, Goods, make_shop
from sqlalchemy import select

from marketry.commerce.events import OrderPaid
from marketry.jobs.running import run_pending
from marketry.testing.clients import client_of
from marketry.web.values import SYSTEM

CODE = "SPRING-2026"


@pytest.fixture
def goods():
    goods = Goods()
    goods.sell("MUG", 3000, units=5)
    return goods


@pytest.fixture
def shop(database, make_site, goods):
    runtime = make_shop(make_site, goods, "giftcard")
    ctx = runtime.context(actor=SYSTEM)
    with ctx.writing() as session:
        session.add(Card(hash=hashed(CODE), currency="USD", balance=2000))
    return runtime


def left(shop, code=CODE):
    with shop.context().reading() as session:
        return session.scalar(select(Card.balance).where(Card.hash == hashed(code)))


def usd(minor):
    return {"minor": minor, "currency": "USD"}


def paying(shop, first, code=CODE, second="bank_transfer"):
    """A cart of one mug for 30.00 with the card's code given; `first` is to come off the card."""
    buyer = Buyer(client_of(shop)).ready("MUG")
    assert buyer.put("inputs/giftcard/card", {"code": code}).status_code == 200
    choices = [{"code": "giftcard", **({"amount": usd(first)} if second else {})}, *([{"code": second}] if second else [])]
    return buyer, buyer.put("payments", choices)


def test_a_card_and_a_transfer_pay_one_order(shop):
    buyer, chosen = paying(shop, 1200)
    assert (chosen.status_code, chosen.json()["requirements"]) == (200, []), chosen.text
    order = buyer.complete()
    assert order.status_code == 201, order.text
    payments = [(p["code"], p["amount"]["minor"], p["state"]) for p in order.json()["payments"]]
    assert payments == [("giftcard", 1200, "authorised"), ("bank_transfer", 1800, "requires_action")]
    assert order.json()["payment"]["code"] == "bank_transfer"
    assert left(shop) == 800


def test_a_card_that_covers_everything_pays_the_order(shop):
    ctx = shop.context(actor=SYSTEM)
    with ctx.writing() as session:
        session.get(Card, hashed(CODE)).balance = 3000
    buyer, chosen = paying(shop, 0, second=None)
    assert chosen.status_code == 200, chosen.text
    order = buyer.complete().json()
    assert order["order"]["payment_status"] in ("paid", "authorised")
    assert left(shop) == 0


def test_more_than_is_on_the_card_places_nothing(shop, goods):
    buyer, chosen = paying(shop, 2001)
    assert chosen.status_code == 200
    answer = buyer.complete()
    assert (answer.status_code, answer.json()["code"], answer.json()["plugin"]) == (409, "giftcard_short", "giftcard")
    assert (left(shop), goods.left(shop, "MUG")) == (2000, 5)


def test_an_unknown_card_is_not_offered(shop):
    _, chosen = paying(shop, 100, code="NOBODYS-CARD")
    assert (chosen.status_code, chosen.json()["code"], chosen.json()["plugin"]) == (422, "giftcard_empty", "giftcard")


def test_the_same_money_is_not_spent_twice(shop):
    first, second = (paying(shop, 1500)[0] for _ in range(2))
    assert first.complete().status_code == 201
    assert second.complete().json()["code"] == "giftcard_short"
    assert left(shop) == 500


def test_what_was_held_goes_back_once_when_the_order_is_cancelled(shop):
    from marketry_orders.cancelling import cancel_order

    buyer, _ = paying(shop, 1200)
    number = buyer.complete().json()["order"]["number"]
    ctx = shop.context(actor=SYSTEM)
    cancel_order(ctx, number, reason="asked for")
    for _ in range(2):
        run_pending(shop)
        assert left(shop) == 2000


def test_a_card_is_bought_for_a_price_the_buyer_names_and_takes_no_stock_nor_address(shop):
    buyer = Buyer(client_of(shop))
    worth = {"giftcard": {"worth": {"amount": 7500, "code": "FOR-GRANDMA"}}}
    cart = buyer.add("GIFT-CARD", inputs=worth).json()
    (line,) = cart["lines"]
    assert (line["sku"], line["unit_price"]["minor"], line["available"]) == ("GIFT-CARD", 7500, None)
    assert cart["groups"] == []
    buyer.put("email", {"email": "ada@example.com"})
    assert buyer.put("payment-method", {"code": "bank_transfer"}).json()["requirements"] == []
    order = buyer.complete().json()["order"]
    assert left(shop, "FOR-GRANDMA") is None
    ctx = shop.context(actor=SYSTEM)
    with ctx.writing():
        ctx.publish(OrderPaid(at=ctx.now(), number=order["number"], currency="USD", amount=7500))
    run_pending(shop)
    assert left(shop, "for grandma".replace(" ", "-")) == 7500


def test_a_card_without_its_worth_is_refused(shop):
    buyer = Buyer(client_of(shop))
    answer = buyer.add("GIFT-CARD")
    assert (answer.status_code, answer.json()["code"]) == (422, "no_price")
    assert buyer.show()["lines"] == []


@pytest.mark.parametrize(
    "worth", [{"amount": 499, "code": "FOR-GRANDMA"}, {"amount": 7500}, {"amount": "7500", "code": "FOR-GRANDMA"}]
)
def test_a_worth_that_does_not_fit_is_refused_by_field(shop, worth):
    answer = Buyer(client_of(shop)).add("GIFT-CARD", inputs={"giftcard": {"worth": worth}})
    assert (answer.status_code, answer.json()["plugin"]) == (422, "giftcard")
    assert answer.json()["field"].startswith("inputs/giftcard/worth/")
