"""A guest buys with plain forms, as a browser without script does."""

import re
import time

import pytest
from plugins.orders.tests.front_shop import Buyer, Goods, make_shop

from marketry.testing.clients import client_of

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def goods():
    return Goods()


@pytest.fixture
def shop(database, make_site, goods):
    goods.sell("MUG", 1250, units=10)
    return make_shop(make_site, goods)


@pytest.fixture
def client(shop):
    return client_of(shop)


def send(client, page, address, **fields):
    """Submit a form found on `page`."""
    token = TOKEN.search(page.text)
    return client.post(address, data={**({"csrf_token": token[1]} if token else {}), **fields})


def address(prefix, **other):
    typed = {
        "name": "Ada Buyer", "line1": "1 Loom Street", "city": "Springfield", "region": "IL", "postal_code": "62701",
        "country": "US", **other,
    }  # fmt: skip
    return {f"{prefix}.{key}": value for key, value in typed.items()}


def test_a_guest_goes_from_cart_to_confirmation_without_script(client):
    cart = client.post("/cart/lines", data={"sku": "MUG", "quantity": "2"})
    assert (cart.status_code, cart.url.path) == (200, "/cart")
    assert "$25.00" in cart.text
    step = client.get("/checkout")
    assert step.url.path == "/checkout/address"
    step = send(client, step, "/checkout/address", email="ada@example.com", **address("shipping"))
    assert step.url.path == "/checkout/payment", step.text
    step = send(client, step, "/checkout/payment", payment="bank_transfer")
    assert step.url.path == "/checkout/review"
    agreed = re.search(r'name="agreed" value="([^"]+)"', step.text)[1]
    order = send(client, step, "/checkout/place", agreed=agreed)
    assert order.status_code == 200, order.text
    assert order.url.path.startswith("/orders/")
    number = order.url.path.rpartition("/")[2]
    assert number in order.text
    assert "123456789" in order.text  # the account to pay to
    assert "Your cart is empty" in client.get("/cart").text
    assert client.get(order.url.path).status_code == 200


def test_wrong_fields_are_told_all_at_once_and_what_was_typed_stays(client):
    client.post("/cart/lines", data={"sku": "MUG", "quantity": "1"})
    step = client.get("/checkout/address")
    wrong = address("shipping", postal_code="none", region="", name="Grace")
    refused = send(client, step, "/checkout/address", email="nobody", **wrong)
    assert refused.status_code == 422
    for field in ("email", "shipping-postal_code", "shipping-region"):
        assert f'href="#f-{field}"' in refused.text
    assert 'value="Grace"' in refused.text
    assert 'value="nobody"' in refused.text


def test_a_step_is_not_shown_before_those_ahead_of_it(client):
    client.post("/cart/lines", data={"sku": "MUG", "quantity": "1"})
    assert client.get("/checkout/review").url.path == "/checkout/address"
    assert client.get("/checkout/nonsense").url.path == "/checkout/address"


def test_a_form_without_its_token_changes_nothing(client):
    client.post("/cart/lines", data={"sku": "MUG", "quantity": "1"})
    refused = client.post("/checkout/address", data={"email": "eve@example.com", **address("shipping")})
    assert refused.status_code == 403
    assert client.get("/checkout").url.path == "/checkout/address"


@pytest.mark.parametrize("quantity", ["0", "-1", "1e3", "true", "2.5", "", "9" * 23, "²"])
def test_a_quantity_that_is_no_count_is_refused_and_the_line_stays(client, quantity):
    cart = client.post("/cart/lines", data={"sku": "MUG", "quantity": "3"})
    line = re.search(r"/cart/lines/([\w-]+)", cart.text)[1]
    refused = client.post(f"/cart/lines/{line}", data={"quantity": quantity})
    assert refused.status_code == 422
    assert "from 1 to 9999" in refused.text
    assert 'name="quantity" type="number" inputmode="numeric" value="3"' in client.get("/cart").text
    assert client.post("/cart/lines", data={"sku": "MUG", "quantity": quantity}).status_code == 422


def test_quantities_change_and_lines_go(client):
    cart = client.post("/cart/lines", data={"sku": "MUG", "quantity": "3"})
    line = re.search(r"/cart/lines/([\w-]+)", cart.text)[1]
    assert "$62.50" in client.post(f"/cart/lines/{line}", data={"quantity": "5"}).text
    too_many = client.post(f"/cart/lines/{line}", data={"quantity": "11"})
    assert (too_many.status_code, "Only 10 of Thing MUG are left" in too_many.text) in ((409, True), (200, False))
    assert "Your cart is empty" in client.post(f"/cart/lines/{line}", data={"remove": "1", "quantity": "5"}).text


def test_an_order_opens_by_its_link_once_and_then_without(client, shop):
    client.post("/cart/lines", data={"sku": "MUG", "quantity": "1"})
    step = send(client, client.get("/checkout"), "/checkout/address", email="ada@example.com", **address("shipping"))
    step = send(client, step, "/checkout/payment", payment="cash_on_delivery")
    order = send(client, step, "/checkout/place", agreed=re.search(r'name="agreed" value="([^"]+)"', step.text)[1])
    number = order.url.path.rpartition("/")[2]
    stranger = client_of(shop)
    assert stranger.get(f"/orders/{number}").status_code == 404
    assert stranger.get(f"/orders/{number}?token=forged").status_code == 404
    from marketry_orders.access import order_link

    opened = stranger.get(order_link(shop.context(), number).removeprefix("http://testserver"))
    assert (opened.status_code, opened.url.query) == (200, b"")
    assert stranger.get(f"/orders/{number}").status_code == 200


def test_a_fresh_link_opens_an_order_whose_old_link_has_expired_in_this_browser(client, shop, monkeypatch):
    from marketry_orders.access import order_token

    number = Buyer(client).ready("MUG").complete().json()["order"]["number"]
    with monkeypatch.context() as long_ago:
        before = time.time() - 400 * 24 * 60 * 60
        long_ago.setattr("itsdangerous.timed.time.time", lambda: before)
        old = order_token(shop.context(), number)
    fresh = order_token(shop.context(), number)

    def status(*tokens):
        return client_of(shop, cookies={"orders": "~".join(tokens)}).get(f"/orders/{number}").status_code

    assert (status(old), status(fresh), status(old, fresh)) == (410, 200, 200)


def test_a_total_that_changed_on_the_way_is_shown_before_it_is_agreed_to(client, goods):
    client.post("/cart/lines", data={"sku": "MUG", "quantity": "1"})
    step = send(client, client.get("/checkout"), "/checkout/address", email="ada@example.com", **address("shipping"))
    step = send(client, step, "/checkout/payment", payment="bank_transfer")
    agreed = re.search(r'name="agreed" value="([^"]+)"', step.text)[1]
    goods.reprice("MUG", 9900)
    refused = send(client, step, "/checkout/place", agreed=agreed)
    assert refused.status_code == 409
    assert "$99.00" in refused.text
    again = re.search(r'name="agreed" value="([^"]+)"', refused.text)[1]
    assert send(client, refused, "/checkout/place", agreed=again).url.path.startswith("/orders/")


def test_htmx_gets_a_word_and_the_new_number_instead_of_a_page(client):
    added = client.post("/cart/lines", data={"sku": "MUG", "quantity": "2"}, headers={"HX-Request": "true"})
    assert added.status_code == 200
    assert "<html" not in added.text
    assert "2 pieces are in your cart" in added.text
    assert client.get("/cart/badge").text.strip() == "2"
    assert "cart" in client.cookies["shop_hint"]


def test_the_checkout_speaks_chinese(client):
    cart = client.post("/zh/cart/lines", data={"sku": "MUG", "quantity": "2"})
    assert cart.url.path == "/zh/cart"
    assert "去结账" in cart.text
    step = client.get("/zh/checkout")
    assert step.url.path == "/zh/checkout/address"
    refused = send(client, step, "/zh/checkout/address", email="ada@example.com", **address("shipping", postal_code="x"))
    assert "这不是所选国家或地区的邮政编码" in refused.text
