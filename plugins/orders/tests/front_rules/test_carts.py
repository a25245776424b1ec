"""Carts under many hands: nothing is lost, nothing is counted twice."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from plugins.orders.tests.front_shop import ADDRESS, Goods, make_shop
from sqlalchemy import text

from marketry.problems import Refused
from marketry_orders.cart_inputs import PaymentChoice
from marketry_orders.cart_lines import adding
from marketry_orders.cart_owners import CartKey
from marketry_orders.carts import change_cart, change_unseen, find_cart, open_cart, set_values, sweep
from marketry_orders.choosing import choose_payments
from marketry_orders.idempotency import RequestKey
from marketry_orders.placing import Acceptance, place_order

START = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def goods():
    goods = Goods()
    goods.sell("LEFT", 1000, units=4)
    goods.sell("RIGHT", 1000, units=4)
    goods.sell("FREE", 500)
    return goods


@pytest.fixture
def clock():
    class Clock:
        now = START

        def __call__(self):
            return self.now

    return Clock()


@pytest.fixture
def shop(database, make_site, goods, clock):
    return make_shop(make_site, goods, clock=clock)


def all_at_once(count, work):
    """Run `work(n)` in `count` threads that start together; what they return or raise, counted."""
    outcomes, together = [], threading.Barrier(count)

    def one(n):
        together.wait()
        try:
            outcomes.append(work(n))
        except Refused as refused:
            outcomes.append(refused.problems[0].code)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(outcomes)


def ready(shop, *skus):
    ctx = shop.context()
    key = open_cart(ctx)
    for sku in skus:
        change_unseen(ctx, key, adding(sku, 1, {}))
    address = {**ADDRESS, "line2": "", "phone": ""}
    change_unseen(ctx, key, set_values({"email": "a@example.com", "shipping_address": address}))
    change_cart(ctx, key, choose_payments([PaymentChoice(code="bank_transfer")]))
    return key


def one(shop, statement):
    with shop.database.reading() as session:
        return session.execute(text(statement)).scalar_one()


def test_every_unit_that_was_added_at_once_is_in_the_cart(shop):
    key = open_cart(shop.context())
    outcomes = all_at_once(6, lambda n: change_unseen(shop.context(), key, adding("FREE", 1, {})))
    assert outcomes == {None: 6}
    assert one(shop, "SELECT sum(quantity) FROM orders_cart_line") == 6
    assert one(shop, "SELECT count(*) FROM orders_cart_line") == 1


def test_a_cart_completed_many_times_at_once_is_one_order(shop, goods):
    key = ready(shop, "LEFT")
    outcomes = all_at_once(6, lambda n: place_order(shop.context(), key, Acceptance(), RequestKey("same", "same", "client")))
    assert list(outcomes.values()) == [6]
    assert (one(shop, "SELECT count(*) FROM orders_order"), goods.left(shop, "LEFT")) == (1, 3)


def test_the_last_units_go_to_exactly_as_many_buyers_in_whatever_order_their_lines_stand(shop, goods):
    keys = [ready(shop, *(("LEFT", "RIGHT") if n % 2 else ("RIGHT", "LEFT"))) for n in range(12)]
    outcomes = all_at_once(12, lambda n: "placed" if place_order(shop.context(), keys[n], Acceptance()) else "")
    assert outcomes == {"placed": 4, "out_of_stock": 8}
    assert (goods.left(shop, "LEFT"), goods.left(shop, "RIGHT")) == (0, 0)
    assert one(shop, "SELECT count(*) FROM orders_payment") == 4


def test_a_cart_that_nobody_came_back_to_is_gone_and_a_used_one_stays(shop, clock):
    ctx = shop.context()
    old, used = open_cart(ctx), open_cart(ctx)
    clock.now = START + timedelta(days=29)
    change_unseen(ctx, used, adding("FREE", 1, {}))
    clock.now = START + timedelta(days=31)
    with ctx.reading(), pytest.raises(Refused, match="cart_not_found"):
        find_cart(ctx, old)
    sweep(ctx)
    assert one(shop, "SELECT count(*) FROM orders_cart") == 1
    with ctx.reading():
        assert find_cart(ctx, used).lines[0].quantity == 1


def test_a_cart_opens_for_its_own_token_only(shop):
    ctx = shop.context()
    key, other = open_cart(ctx), open_cart(ctx)
    for token in ("", "x", other.token, key.token + "x"):
        with ctx.reading(), pytest.raises(Refused, match="cart_not_found"):
            find_cart(ctx, CartKey(key.id, token))


def test_a_line_holds_at_most_9999_units(shop):
    ctx = shop.context()
    key = open_cart(ctx)
    change_unseen(ctx, key, adding("FREE", 9999, {}))
    with pytest.raises(Refused, match="too_many"):
        change_unseen(ctx, key, adding("FREE", 1, {}))
    assert one(shop, "SELECT quantity FROM orders_cart_line") == 9999
