"""A guest finds an order again by its number and e-mail address, and nobody learns whether a number or an address is known."""

import re
from itertools import count

import pytest
from plugins.orders.tests.front_pages.test_checkout_pages import send
from plugins.orders.tests.front_shop import Buyer, Goods, make_shop
from plugins.orders.tests.people import People
from sqlalchemy import text

from marketry.testing.clients import visitor_of
from marketry.testing.sites import SiteFactory
from marketry.web.values import SYSTEM
from marketry_orders.fulfilling import pack, ship_parcel

NETWORKS = count(1)
WRONG = "We know no order with this number and this e-mail address."


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    factory, goods, people = SiteFactory(tmp_path_factory.mktemp("look-up")), Goods(), People()
    goods.sell("MUG", 1250, units=100)
    people.add("grace")
    yield make_shop(factory, goods, extra=[people.plugin()])
    factory.close()


@pytest.fixture
def client(shop):
    """A browser on a network of its own: what others tried doesn't count against it."""
    client = visitor_of(shop, follow_redirects=False, client=(f"198.51.100.{next(NETWORKS)}", 5000))
    return client


@pytest.fixture
def number(shop):
    return Buyer(visitor_of(shop)).ready("MUG").complete().json()["order"]["number"]


def find(client, number, email):
    return send(client, client.get("/orders/find"), "/orders/find", number=number, email=email)


def without(page, *typed):
    """The page without what was typed and its token, which differ for their own reasons."""
    shown = re.sub(r'name="csrf_token" value="[^"]+"', "", page.text)
    for words in typed:
        shown = shown.replace(words, "…")
    return shown


def test_number_and_address_open_the_order_in_this_browser(client, shop, number):
    assert client.get(f"/orders/{number}").status_code == 404
    found = find(client, number, "ada@example.com")
    assert (found.status_code, found.headers["location"]) == (303, f"/orders/{number}")
    page = client.get(f"/orders/{number}")
    assert page.status_code == 200
    assert "Thing MUG" in page.text
    assert visitor_of(shop).get(f"/orders/{number}").status_code == 404


@pytest.mark.parametrize("change", [str.lower, lambda n: f" #{n[:3]} {n[3:6]}-{n[6:]} "])
def test_a_number_may_be_written_as_people_write_it(client, number, change):
    assert find(client, change(number), " ADA@Example.COM ").status_code == 303


def test_a_wrong_number_and_a_wrong_address_get_the_same_answer(client, number):
    other = number[::-1] if number[::-1] != number else "22222222X"
    wrong_address = find(client, number, "eve@example.com")
    wrong_number = find(client, other, "ada@example.com")
    both = find(client, other, "eve@example.com")
    answers = {
        without(page, typed, "ada@example.com", "eve@example.com")
        for page, typed in ((wrong_address, number), (wrong_number, other), (both, other))
    }
    assert [page.status_code for page in (wrong_address, wrong_number, both)] == [404, 404, 404]
    assert len(answers) == 1
    assert WRONG in answers.pop()
    assert wrong_address.headers.keys() == wrong_number.headers.keys() == both.headers.keys()
    assert client.get(f"/orders/{number}").status_code == 404


def test_an_order_without_an_address_is_not_found_by_none(client, shop, number):
    with shop.database.writing() as session:
        session.execute(text("UPDATE orders_order SET email = '' WHERE number = :number"), {"number": number})
    assert find(client, number, "").status_code == 422
    assert find(client, number, " @ ").status_code == 404


def test_what_is_missing_is_said_before_anything_is_looked_up(client):
    page = find(client, " ", "")
    assert page.status_code == 422
    assert 'href="#f-number"' in page.text
    assert 'href="#f-email"' in page.text


def test_tries_are_counted_for_each_network_and_for_each_number(client, shop, number):
    tries = [find(client, f"2222222{n:02}", "ada@example.com").status_code for n in range(21)]
    assert tries == [404] * 20 + [429]
    assert find(client, number, "ada@example.com").status_code == 429
    for _ in range(10):
        elsewhere = visitor_of(shop, follow_redirects=False, client=(f"198.51.100.{next(NETWORKS)}", 5000))
        assert find(elsewhere, number, "eve@example.com").status_code == 404
    refused = find(elsewhere, number, "ada@example.com")
    assert refused.status_code == 429
    assert "Too many tries." in refused.text
    assert 'name="number"' in refused.text


def test_the_token_is_in_no_address_and_the_page_is_kept_by_nobody(client, number):
    found = find(client, number, "ada@example.com")
    assert "token" not in found.headers["location"]
    assert "HttpOnly" in found.headers["set-cookie"]
    for page in (client.get("/orders/find"), found, client.get(f"/orders/{number}")):
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "same-origin"


def test_a_parcel_and_its_tracking_number_are_shown(client, shop, number):
    ctx = shop.context(actor=SYSTEM)
    with ctx.writing() as session:
        line = session.execute(
            text("SELECT l.id FROM orders_line l JOIN orders_order o ON o.id = l.order_id WHERE o.number = :n"), {"n": number}
        ).scalar_one()
        parcel = pack(ctx, number, {line: 1})
        ship_parcel(ctx, number, parcel.id, tracking="TRACK-4711")
    find(client, number, "ada@example.com")
    page = client.get(f"/orders/{number}").text
    assert "Parcel 1" in page
    assert "TRACK-4711" in page


def test_programs_look_up_by_the_same_rule_and_get_the_token(client, number):
    found = client.post("/api/v1/orders/find", json={"number": number, "email": "Ada@example.com"})
    assert (found.status_code, found.json()["number"]) == (200, number)
    again = client.get(f"/api/v1/orders/{number}", headers={"X-Order-Token": found.json()["token"]})
    assert again.json() == found.json()
    wrong = [("222222222", "ada@example.com"), (number, "eve@example.com")]
    refusals = [client.post("/api/v1/orders/find", json={"number": n, "email": e}) for n, e in wrong]
    assert [r.status_code for r in refusals] == [404, 404]
    assert refusals[0].json() == refusals[1].json()


def test_the_footer_leads_there_in_both_languages(client):
    page = client.get("/cart").text
    assert re.search(r'<a href="/orders/find"[^>]*>Track your order</a>', page)
    assert re.search(r'<a href="/zh/orders/find"[^>]*>查询订单</a>', client.get("/zh/cart").text)
    assert "查看订单进度" in client.get("/zh/orders/find").text
