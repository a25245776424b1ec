"""Some lines are fetched, others sent; a time has so many places."""

import re

import pytest
from marketry_trial_collect.models import Slot
from plugins.orders.tests.front_shop import ADDRESS, Buyer, Goods, make_shop
from sqlalchemy import select, text

from marketry.testing.clients import client_of
from marketry.web.values import SYSTEM
from marketry_shipping.api import ensure_default_zones

VISIT = {"store": "old-town", "time": "2026-05-02T10:00"}
FETCHED = {"collect": {"pick_up": {"here": True}}}


@pytest.fixture
def goods():
    goods = Goods()
    goods.sell("MUG", 3000, weight=400)
    goods.sell("POT", 5000, weight=1500)
    return goods


def fill(runtime, places=1):
    ctx = runtime.context(actor=SYSTEM)
    with ctx.writing() as session:
        session.add(Slot(**VISIT, places=places))
    return runtime


@pytest.fixture
def shop(database, make_site, goods):
    runtime = fill(make_shop(make_site, goods, "collect", "shipping"))
    ctx = runtime.context(actor=SYSTEM)
    with ctx.writing():
        ensure_default_zones(ctx)
    return runtime


def places(shop):
    with shop.context().reading() as session:
        return session.scalar(select(Slot.places))


def fetching(shop, *skus):
    buyer = Buyer(client_of(shop))
    for sku in skus:
        assert buyer.add(sku, inputs=FETCHED).status_code == 201
    buyer.put("email", {"email": "ada@example.com"})
    assert buyer.put("payment-method", {"code": "bank_transfer"}).status_code == 200
    return buyer


def missing(buyer):
    return [(r["code"], r["field"]) for r in buyer.show()["requirements"]]


def test_what_is_fetched_needs_a_time_and_neither_address_nor_delivery(shop):
    buyer = fetching(shop, "POT")
    assert [(g["id"], g["shippable"], g["label"]) for g in buyer.show()["groups"]] == [("pick-up", False, "Pick up in the shop")]
    assert missing(buyer) == [("input", "inputs/collect/visit")]
    assert buyer.put("inputs/collect/visit", VISIT).json()["requirements"] == []
    order = buyer.complete()
    assert order.status_code == 201, order.text
    assert order.json()["order"]["totals"]["shipping"]["minor"] == 0
    assert places(shop) == 0
    head = order.json()["order"]
    seen = client_of(shop).get(f"/api/v1/orders/{head['number']}", headers={"X-Order-Token": head["token"]}).json()
    assert seen["inputs"] == {"collect": {"visit": VISIT}}
    assert [line["inputs"] for line in seen["lines"]] == [FETCHED]


def test_fetched_and_sent_lines_are_two_groups_and_only_one_is_charged(shop):
    buyer = fetching(shop, "POT")
    buyer.add("MUG")
    buyer.put("inputs/collect/visit", VISIT)
    assert [(g["id"], len(g["lines"])) for g in buyer.show()["groups"]] == [("pick-up", 1), ("main", 1)]
    assert [m["group"] for m in buyer.call("GET", "/shipping-methods").json()] == ["main", "main"]
    assert missing(buyer) == [("shipping_address", "shipping-address"), ("shipping_method", "shipping-method")]
    buyer.put("shipping-address", ADDRESS)
    assert buyer.put("shipping-method", {"code": "standard"}).json()["requirements"] == []
    order = buyer.complete().json()["order"]
    assert (order["totals"]["shipping"]["minor"], order["total"]["minor"]) == (590, 8590)


def test_the_same_thing_fetched_and_sent_does_not_merge(shop):
    buyer = Buyer(client_of(shop))
    for inputs in ({}, FETCHED, FETCHED):
        buyer.add("MUG", inputs=inputs)
    assert [(line["quantity"], line["inputs"]) for line in buyer.show()["lines"]] == [(1, {}), (2, FETCHED)]


def test_without_the_time_nothing_is_placed_and_no_place_taken(shop):
    answer = fetching(shop, "POT").complete()
    assert (answer.status_code, answer.json()["field"], answer.json()["plugin"]) == (422, "inputs/collect/visit", "collect")
    assert places(shop) == 1


def test_the_last_place_goes_to_one(shop):
    first, second = fetching(shop, "POT"), fetching(shop, "POT")
    for buyer in (first, second):
        buyer.put("inputs/collect/visit", VISIT)
    assert first.complete().status_code == 201
    late = second.complete()
    assert (late.status_code, late.json()["code"], late.json()["plugin"]) == (409, "slot_full", "collect")
    assert places(shop) == 0


def test_a_time_that_is_none_is_refused(shop):
    answer = fetching(shop, "POT").put("inputs/collect/visit", {**VISIT, "time": "tomorrow"})
    assert (answer.status_code, answer.json()["field"]) == (422, "inputs/collect/visit/time")


def test_what_is_fetched_is_packed_apart_from_what_is_sent_at_the_shop_that_was_chosen(shop):
    from marketry_orders.fulfilling import pack, proposed_parcels
    from marketry_orders.locking import lock_order

    buyer = fetching(shop, "POT")
    buyer.add("MUG", 2)
    buyer.put("inputs/collect/visit", VISIT)
    buyer.put("shipping-address", ADDRESS)
    buyer.put("shipping-method", {"code": "standard"})
    number = buyer.complete().json()["order"]["number"]
    ctx = shop.context(actor=SYSTEM)
    with ctx.writing() as session:
        skus = dict(session.execute(text("SELECT id, sku FROM orders_line")).all())
        plans = proposed_parcels(ctx, lock_order(ctx, number))
        assert [(p.location, [(skus[line], n) for line, n in p.lines]) for p in plans] == [
            ("old-town", [("POT", 1)]), ("", [("MUG", 2)]),
        ]  # fmt: skip
    pack(ctx, number, dict(plans[0].lines), location=plans[0].location)
    with ctx.writing():
        assert proposed_parcels(ctx, lock_order(ctx, number))[0].lines == plans[1].lines


def test_its_stylesheet_is_on_every_page_of_the_shop(shop):
    client = client_of(shop)
    (address,) = re.findall(r'href="(/static/[0-9a-f]+/collect/visit\.css)"', client.get("/cart").text)
    assert "tabular-nums" in client.get(address).text
