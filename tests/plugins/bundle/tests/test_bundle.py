"""A set is one line and takes each of its parts from stock."""

import pytest
from plugins.orders.tests.front_shop import MANUAL, Buyer, Goods, make_shop

from marketry.testing.clients import client_of

SETS = """
[settings.bundle.sets.TEA-FOR-TWO]
title = "Tea for two"
prices = { USD = 4200, EUR = 3900 }
parts = { CUP = 2, POT = 1 }
"""


@pytest.fixture
def goods():
    goods = Goods()
    goods.sell("CUP", 1500, units=7)
    goods.sell("POT", 3000, units=5)
    return goods


@pytest.fixture
def shop(database, make_site, goods):
    return make_shop(make_site, goods, "bundle", more=MANUAL + SETS)


def stock(goods, shop):
    return {key: goods.left(shop, key) for key in ("CUP", "POT")}


def test_a_set_is_one_line_with_its_own_price_and_takes_all_parts(shop, goods):
    buyer = Buyer(client_of(shop)).ready("TEA-FOR-TWO")
    (line,) = buyer.show()["lines"]
    assert (line["sku"], line["kind"], line["unit_price"]["minor"], line["available"]) == ("TEA-FOR-TWO", "bundle", 4200, 3)
    order = buyer.complete()
    assert order.status_code == 201, order.text
    assert order.json()["order"]["total"]["minor"] == 4200
    assert stock(goods, shop) == {"CUP": 5, "POT": 4}


def test_a_set_and_its_parts_share_one_stock(shop, goods):
    buyer = Buyer(client_of(shop)).ready("TEA-FOR-TWO", "CUP")
    assert buyer.call("PATCH", f"/lines/{buyer.show()['lines'][0]['id']}", {"quantity": 3}).status_code == 200
    assert buyer.complete().status_code == 201
    assert stock(goods, shop) == {"CUP": 0, "POT": 2}
    late = Buyer(client_of(shop)).ready("POT")
    assert late.complete().status_code == 201
    assert stock(goods, shop) == {"CUP": 0, "POT": 1}


def test_when_one_part_is_missing_nothing_is_taken(shop, goods):
    buyer = Buyer(client_of(shop)).ready("TEA-FOR-TWO")
    quick = Buyer(client_of(shop)).ready()
    assert quick.add("CUP", 6).status_code == 201
    assert quick.put("payment-method", {"code": "bank_transfer"}).status_code == 200
    assert quick.complete().status_code == 201
    answer = buyer.complete()
    assert (answer.status_code, answer.json()["code"]) == (409, "out_of_stock")
    assert stock(goods, shop) == {"CUP": 1, "POT": 5}


def test_a_set_without_a_price_in_the_carts_currency_is_not_sold(shop):
    buyer = Buyer(client_of(shop), currency="JPY")
    answer = buyer.add("TEA-FOR-TWO")
    assert (answer.status_code, answer.json()["code"]) == (422, "no_price")
    assert buyer.show()["lines"] == []


def test_no_cart_takes_more_of_a_set_than_the_merchant_gives_away(database, make_site, goods):
    shop = make_shop(make_site, goods, "bundle", more=f"{MANUAL}{SETS}most = 2\n")
    buyer = Buyer(client_of(shop)).ready("TEA-FOR-TWO")
    assert buyer.show()["requirements"] == []
    buyer.add("TEA-FOR-TWO", 2)
    (told,) = buyer.show()["requirements"]
    assert (told["code"], told["plugin"], told["detail"]) == ("too_many_sets", "bundle", "At most 2 of Tea for two, please.")
    before = stock(goods, shop)
    refused = buyer.complete()
    assert (refused.status_code, refused.json()["code"], stock(goods, shop)) == (422, "too_many_sets", before)


def test_the_page_of_the_cart_says_so_too(make_site, goods):
    from plugins.backoffice.tests.staff_client import token_in

    client = client_of(make_shop(make_site, goods, "bundle", more=f"{MANUAL}{SETS}most = 2\n"))
    token = token_in(client.get("/cart").text) if 'name="csrf_token"' in client.get("/cart").text else ""
    page = client.post("/cart/lines", data={"sku": "TEA-FOR-TWO", "quantity": "3", "csrf_token": token},
                       headers={"Origin": "http://testserver"})  # fmt: skip
    assert "At most 2 of Tea for two, please." in page.text


def test_a_part_is_found_by_the_name_of_its_set(database, make_site, tmp_path):
    from plugins.catalog.tests.shelves import context, filled

    from marketry_catalog.search.indexing import index_marked

    runtime = filled(make_site, tmp_path, "bundle", more=SETS.replace("CUP = 2, POT = 1", "BOWL = 2"))
    index_marked(context(runtime))
    found = client_of(runtime).get("/api/v1/products?q=tea for two").json()["items"]
    assert [product["slug"] for product in found] == ["bowl"]
