"""Signed-in people: one cart on all their devices, their own orders, buying again, guests' orders taken into an account."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from plugins.orders.tests.front_pages.test_checkout_pages import address, send
from plugins.orders.tests.front_shop import ADDRESS, Buyer, Goods, make_shop
from plugins.orders.tests.people import People
from sqlalchemy import text
from starlette.responses import Response

from marketry.commerce.addresses import Address
from marketry.commerce.people import SavedAddress
from marketry.hookspecs import people as people_hooks
from marketry.privacy import erase_person, export_person
from marketry.testing.clients import client_of
from marketry_orders import cart_queries
from marketry_orders.carts import open_cart
from marketry_orders.customer_orders import own_orders
from marketry_orders.merging import merged_values

HOME = Address("Ada Saved", "9 Loom Street", "Springfield", "US", region="IL", postal_code="62701")


@pytest.fixture
def goods():
    goods = Goods()
    goods.sell("MUG", 1250, units=10)
    goods.sell("BOWL", 3000, units=10)
    return goods


@pytest.fixture
def people():
    people = People()
    people.add("ada")
    people.add("eve")
    return people


@pytest.fixture
def shop(database, make_site, goods, people):
    return make_shop(make_site, goods, extra=[people.plugin()])


@pytest.fixture
def browser(shop):
    return lambda: client_of(shop)


def put(client, sku="MUG", quantity=1):
    assert client.post("/cart/lines", data={"sku": sku, "quantity": str(quantity)}).status_code == 200


def held(shop):
    """(customer, sku, quantity) of all lines of all open carts."""
    with shop.database.reading() as session:
        rows = session.execute(
            text(
                "SELECT c.customer, l.sku, l.quantity FROM orders_cart_line l JOIN orders_cart c ON c.id = l.cart_id "
                "WHERE c.completed_at IS NULL ORDER BY c.customer, l.sku, l.quantity"
            )
        )
        return [tuple(row) for row in rows]


def bought(shop, client, who=None, sku="MUG", quantity=1, email="ada@example.com"):
    """The number of an order that was placed by pages."""
    put(client, sku, quantity)
    step = client.get("/checkout/address")
    step = send(client, step, "/checkout/address", email=email, saved="another", **address("shipping"))
    assert step.url.path == "/checkout/payment", step.text
    step = send(client, step, "/checkout/payment", payment="bank_transfer")
    agreed = re.search(r'name="agreed" value="([^"]+)"', step.text)[1]
    return send(client, step, "/checkout/place", agreed=agreed).url.path.rpartition("/")[2]


# --- carts ------------------------------------------------------------------------------------------------------


def test_the_cart_of_the_browser_joins_that_of_the_account_at_sign_in_and_the_other_device_sees_it(shop, browser):
    phone, desk = browser(), browser()
    phone.post("/trial/sign-in/ada")
    put(phone, "MUG", 2)
    put(desk, "MUG", 3)
    put(desk, "BOWL", 1)
    desk.post("/trial/sign-in/ada")
    assert held(shop) == [("customer:ada", "BOWL", 1), ("customer:ada", "MUG", 5)]
    assert "$92.50" in desk.get("/cart").text
    assert "$92.50" in phone.get("/cart").text


def test_signing_in_again_adds_nothing(shop, browser):
    client = browser()
    put(client, "MUG", 2)
    kept = dict(client.cookies)
    for _ in range(3):
        client.post("/trial/sign-in/ada")
        client.cookies.update(kept)
    assert held(shop) == [("customer:ada", "MUG", 2)]


def test_an_open_cart_is_found_again_on_a_device_that_never_saw_it(shop, browser):
    one, other = browser(), browser()
    put(one, "MUG", 2)
    one.post("/trial/sign-in/ada")
    other.post("/trial/sign-in/ada")
    assert "$25.00" in other.get("/cart").text
    assert "shop_hint=cart" in str(other.cookies) or other.cookies["shop_hint"] == "cart"


def test_after_signing_out_the_browser_shows_the_cart_no_more_and_a_new_one_opens(shop, browser):
    client = browser()
    client.post("/trial/sign-in/ada")
    put(client, "MUG", 2)
    client.post("/trial/sign-out")
    assert "Your cart is empty" in client.get("/cart").text
    put(client, "BOWL", 1)
    assert held(shop) == [(None, "BOWL", 1), ("customer:ada", "MUG", 2)] or held(shop) == [
        ("customer:ada", "MUG", 2),
        (None, "BOWL", 1),
    ]


def test_the_browsers_cart_wins_for_where_it_goes_and_the_accounts_answers_stay_where_it_says_nothing(shop):
    with (ctx := shop.context()).writing() as session:
        own, here = (cart_queries.find_cart(session, open_cart(ctx).id) for _ in range(2))
    gift = {"gift": {"note": "x", "to": "y"}}
    own = replace(own, email="old@example.com", coupons=["OLD"], methods={"main": "post"}, data=gift)
    here = replace(here, email="new@example.com", shipping_address=ADDRESS, data={"gift": {"note": "z"}})
    merged = merged_values(own, here)
    assert (merged["email"], merged["shipping_address"]) == ("new@example.com", ADDRESS)
    assert (merged["coupons"], merged["methods"]) == (["OLD"], {"main": "post"})
    assert merged["data"] == {"gift": {"note": "z", "to": "y"}}


def test_two_sign_ins_at_once_lose_nothing_and_double_nothing(shop, browser):
    clients = [browser() for _ in range(4)]
    for n, client in enumerate(clients, 1):
        put(client, "MUG", n)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda client: client.post("/trial/sign-in/ada").status_code, clients))
    assert answers == [200] * 4
    assert held(shop) == [("customer:ada", "MUG", 10)]
    assert all("$125.00" in client.get("/cart").text for client in clients)


def test_a_strangers_cart_is_not_taken_over(shop, browser):
    ada, eve = browser(), browser()
    ada.post("/trial/sign-in/ada")
    put(ada, "MUG", 2)
    eve.cookies.update({name: value for name, value in ada.cookies.items() if name != "who"})
    eve.post("/trial/sign-in/eve")
    assert held(shop) == [("customer:ada", "MUG", 2)]
    assert "Your cart is empty" in eve.get("/cart").text


# --- carts and orders over JSON -----------------------------------------------------------------------------------


def test_a_cart_used_with_its_token_and_a_bearer_becomes_the_customers_and_so_does_its_order(shop, browser):
    client = browser()
    buyer = Buyer(client)
    buyer.headers["Authorization"] = "Bearer ada"
    number = buyer.ready("MUG").complete().json()["order"]["number"]
    mine = client.get("/api/v1/customer/orders", headers={"Authorization": "Bearer ada"}).json()
    assert [(one["number"], one["units"], one["total"]["minor"]) for one in mine["items"]] == [(number, 1, 1250)]
    one = client.get(f"/api/v1/customer/orders/{number}", headers={"Authorization": "Bearer ada"})
    assert (one.status_code, one.json()["email"]) == (200, "ada@example.com")
    again = client.get(f"/api/v1/orders/{number}", headers={"X-Order-Token": one.json()["token"]})
    assert again.status_code == 200


def test_anothers_order_and_cart_are_none(shop, browser):
    client = browser()
    buyer = Buyer(client)
    buyer.headers["Authorization"] = "Bearer ada"
    number = buyer.ready("MUG").complete().json()["order"]["number"]
    eve = {"Authorization": "Bearer eve"}
    assert client.get(f"/api/v1/customer/orders/{number}", headers=eve).status_code == 404
    assert client.get("/api/v1/customer/orders", headers=eve).json()["items"] == []
    assert client.get("/api/v1/customer/orders").status_code == 401
    open_one = Buyer(client)
    open_one.headers["Authorization"] = "Bearer ada"
    assert open_one.add("MUG").status_code == 201
    assert open_one.call("GET", **eve).status_code == 404
    assert client.get(f"/api/v1/carts/{open_one.cart}", headers={"X-Cart-Token": open_one.token}).status_code == 200


def test_over_json_a_customers_cart_is_found_by_the_bearer_alone_and_an_order_is_bought_again(shop, browser, goods):
    client, ada = browser(), {"Authorization": "Bearer ada"}
    assert client.get("/api/v1/customer/cart", headers=ada).json()["code"] == "cart_not_found"
    buyer = Buyer(client)
    buyer.headers |= ada
    number = buyer.ready("MUG", "BOWL").complete().json()["order"]["number"]
    del goods.items["BOWL"]
    again = client.post(f"/api/v1/customer/orders/{number}/again", headers=ada).json()
    assert (again["units"], [one["code"] for one in again["left_out"]]) == (1, ["sku_unknown"])
    cart = client.get("/api/v1/customer/cart", headers=ada).json()
    assert (cart["id"], [line["sku"] for line in cart["lines"]]) == (again["cart"]["id"], ["MUG"])
    more = client.post(f"/api/v1/carts/{cart['id']}/lines", json={"sku": "MUG"}, headers=ada)
    assert (more.status_code, more.json()["lines"][0]["quantity"]) == (201, 2)
    eve = {"Authorization": "Bearer eve"}
    assert client.get(f"/api/v1/carts/{cart['id']}", headers=eve).status_code == 404
    assert client.get(f"/api/v1/carts/{cart['id']}").status_code == 404
    assert client.post(f"/api/v1/customer/orders/{number}/again", headers=eve).status_code == 404


# --- the account's pages ------------------------------------------------------------------------------------------


def test_orders_stand_in_the_account_newest_first_and_are_found_by_number(shop, browser):
    client = browser()
    client.post("/trial/sign-in/ada")
    assert "ordered anything yet" in client.get("/account/orders").text
    first, second = bought(shop, client), bought(shop, client, sku="BOWL")
    page = client.get("/account/orders").text
    assert page.index(second) < page.index(first)
    assert "Payment pending" in page
    found = client.get("/account/orders", params={"q": first[:5].lower()}).text
    assert (first in found, second in found) == (True, False)
    assert "No order of yours" in client.get("/account/orders", params={"q": "0000"}).text
    one = client.get(f"/account/orders/{first}")
    assert (one.status_code, f"Order {first}" in one.text, "Thank you" in one.text) == (200, True, False)


def test_pages_of_orders_follow_each_other_without_gap_or_repetition(shop, browser):
    client = browser()
    client.post("/trial/sign-in/ada")
    numbers = [bought(shop, client) for _ in range(5)][::-1]
    with (ctx := shop.context()).reading():
        first = own_orders(ctx, "customer:ada", limit=2)
        second = own_orders(ctx, "customer:ada", limit=2, cursor=first.next_cursor)
        third = own_orders(ctx, "customer:ada", limit=2, cursor=second.next_cursor)
        back = own_orders(ctx, "customer:ada", limit=2, cursor=third.previous_cursor)
    assert [one.number for page in (first, second, third) for one in page.items] == numbers
    assert [one.number for one in back.items] == numbers[2:4]
    assert (first.previous_cursor, third.next_cursor) == (None, None)


def test_another_customers_order_is_not_found(shop, browser):
    ada, eve = browser(), browser()
    ada.post("/trial/sign-in/ada")
    number = bought(shop, ada)
    eve.post("/trial/sign-in/eve")
    assert eve.get(f"/account/orders/{number}").status_code == 404
    assert eve.get(f"/orders/{number}").status_code == 404


def test_who_is_not_signed_in_is_sent_to_the_sign_in_page(browser):
    answer = browser().get("/account/orders", headers={"Accept": "text/html"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account/sign-in?next=/account/orders")


def test_buying_again_takes_what_can_be_had_at_todays_price_and_says_what_cannot(shop, browser, goods):
    client = browser()
    client.post("/trial/sign-in/ada")
    put(client, "BOWL", 1)
    number = bought(shop, client, quantity=3)
    goods.reprice("MUG", 1500)
    del goods.items["BOWL"]
    page = client.get(f"/account/orders/{number}")
    cart = send(client, page, f"/orders/{number}/again")
    assert cart.url.path == "/cart"
    assert "3 articles are in your cart. Thing BOWL: Nothing is sold under this number." in cart.text
    assert "$45.00" in cart.text


def test_of_what_is_short_the_rest_is_taken(shop, browser, goods):
    client = browser()
    client.post("/trial/sign-in/ada")
    number = bought(shop, client, quantity=3)
    goods.items["MUG"] = replace(goods.items["MUG"], available=2)
    cart = send(client, client.get(f"/orders/{number}"), f"/orders/{number}/again")
    assert "2 articles are in your cart. Thing MUG: only 2 are left." in cart.text
    goods.items["MUG"] = replace(goods.items["MUG"], available=0)
    cart = send(client, client.get(f"/orders/{number}"), f"/orders/{number}/again")
    assert "Nothing of this order can be bought now. Thing MUG: Thing MUG is sold out." in cart.text


# --- guests' orders -----------------------------------------------------------------------------------------------


def test_a_guests_order_is_added_to_the_account_from_its_own_page(shop, browser):
    client = browser()
    number = bought(shop, client, email="other@example.com")
    assert "Make an account" in client.get(f"/orders/{number}").text
    client.post("/trial/sign-in/ada")
    page = client.get(f"/orders/{number}")
    assert "Add to my account" in page.text
    claimed = send(client, page, f"/orders/{number}/claim")
    assert (claimed.url.path, "The order is in your account now." in claimed.text) == (f"/account/orders/{number}", True)
    assert "Add to my account" not in client.get(f"/orders/{number}").text
    with shop.database.reading() as session:
        assert session.execute(text("SELECT actor FROM orders_timeline WHERE kind = 'order.claimed'")).scalar_one() == ""


def test_an_order_is_claimed_by_nobody_without_its_link_and_by_no_second_account(shop, browser):
    guest, eve = browser(), browser()
    number = bought(shop, guest)
    page = guest.get(f"/orders/{number}")
    eve.post("/trial/sign-in/eve")
    token = re.search(r'name="csrf_token" value="([^"]+)"', eve.get("/account/orders").text + page.text)
    assert eve.post(f"/orders/{number}/claim", data={"csrf_token": token[1]}).status_code in (403, 404)
    guest.post("/trial/sign-in/ada")
    send(guest, guest.get(f"/orders/{number}"), f"/orders/{number}/claim")
    guest.post("/trial/sign-in/eve")
    refused = send(guest, guest.get(f"/orders/{number}"), f"/orders/{number}/claim")
    assert refused.status_code == 404
    assert client_numbers(guest, "ada") == [number]


def client_numbers(client, who):
    return [
        one["number"] for one in client.get("/api/v1/customer/orders", headers={"Authorization": f"Bearer {who}"}).json()["items"]
    ]


def test_orders_of_a_confirmed_address_come_into_the_account_and_others_stay(shop, browser, people):
    guest = browser()
    mine, other = bought(shop, guest), bought(shop, guest, email="eve@example.com")
    with (ctx := shop.context()).writing():
        for _ in range(2):
            ctx.hooks.each(people_hooks.customer_verified, ctx, people.book["customer:ada"])
    assert client_numbers(guest, "ada") == [mine]
    assert client_numbers(guest, "eve") == []
    assert other != mine


# --- the checkout -------------------------------------------------------------------------------------------------


def test_guests_are_offered_to_sign_in_and_come_back(browser):
    client = browser()
    put(client)
    assert 'href="/account/sign-in?next=/checkout/address"' in client.get("/checkout/address").text


def test_the_checkout_knows_the_customer_and_offers_saved_addresses(shop, browser, people):
    people.saved["customer:ada"] = [SavedAddress("a1", HOME, True, False, "Home")]
    client = browser()
    client.post("/trial/sign-in/ada")
    put(client)
    step = client.get("/checkout/address")
    assert 'value="ada@example.com"' in step.text
    assert "Home" in step.text and "Ada Saved · 9 Loom Street · Springfield, IL 62701" in step.text  # noqa: PT018
    assert "/account/sign-in" not in step.text.split("<main", 1)[-1].split("</main>", 1)[0]
    step = send(client, step, "/checkout/address", email="ada@example.com", saved="a1")
    assert step.url.path == "/checkout/payment", step.text
    with shop.database.reading() as session:
        stored = session.execute(text("SELECT shipping_address FROM orders_cart")).scalar_one()
    assert "9 Loom Street" in str(stored)


def test_an_address_that_was_written_at_the_checkout_is_saved_if_so_wished(shop, browser, people):
    client = browser()
    client.post("/trial/sign-in/ada")
    put(client)
    step = client.get("/checkout/address")
    send(client, step, "/checkout/address", email="ada@example.com", save_address="1", **address("shipping"))
    (saved,) = people.saved["customer:ada"]
    assert (saved.address.line1, saved.default_shipping) == ("1 Loom Street", True)
    step = client.get("/checkout/address")
    send(client, step, "/checkout/address", email="ada@example.com", saved="another", **address("shipping", line1="2 Other"))
    assert len(people.saved["customer:ada"]) == 1


def test_a_saved_address_of_another_customer_is_no_choice(shop, browser, people):
    people.saved["customer:eve"] = [SavedAddress("e1", HOME, True, False)]
    client = browser()
    client.post("/trial/sign-in/ada")
    put(client)
    refused = send(client, client.get("/checkout/address"), "/checkout/address", email="ada@example.com", saved="e1")
    assert refused.status_code == 422
    assert held(shop) == [("customer:ada", "MUG", 1)]


def test_another_country_draws_its_own_fields_and_saves_nothing(shop, browser):
    client = browser()
    put(client)
    typed = {**address("shipping", country="JP", name="Grace"), "email": "grace@example.com", "shipping.redraw": "1"}
    drawn = send(client, client.get("/checkout/address"), "/checkout/address", **typed)
    assert drawn.status_code == 200
    assert ("Prefecture" in drawn.text, 'value="Grace"' in drawn.text, "Tokyo" in drawn.text) == (True, True, True)
    with shop.database.reading() as session:
        assert session.execute(text("SELECT email, shipping_address FROM orders_cart")).one() == (None, None)


# --- a person's rights --------------------------------------------------------------------------------------------


def test_erasure_and_export_cover_what_the_account_bought_under_other_addresses_and_the_sums_stay(shop, browser):
    client = browser()
    client.post("/trial/sign-in/ada")
    number = bought(shop, client, email="work@example.com")
    put(client, "BOWL", 1)
    with (ctx := shop.context()).writing() as session:
        held_of = export_person(ctx, "ada@example.com")["orders"]
        assert ([one["number"] for one in held_of["orders"]], len(held_of["carts"])) == ([number], 2)
        erase_person(ctx, "ada@example.com")
        left = session.execute(text("SELECT email, customer, customer_name, total, country FROM orders_order")).one()
        assert tuple(left) == ("", None, "", 1250, "US")
        assert session.execute(text("SELECT count(*) FROM orders_cart")).scalar_one() == 0


def test_carts_are_not_opened_without_end_from_one_address(make_site, goods, people):
    shop = make_shop(make_site, goods, extra=[people.plugin()], more="[settings.orders]\ncarts_per_minute = 2")
    client = client_of(shop)
    assert [client.post("/api/v1/carts").status_code for _ in range(3)] == [201, 201, 429]
    refused = client.post("/cart/lines", data={"sku": "MUG", "quantity": "1"})
    assert (refused.status_code, "retry-after" in refused.headers) == (429, True)
    with shop.database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM orders_cart")).scalar_one() == 2


def test_nobody_arrives_with_nothing_and_gets_no_cookie(shop, people):
    ctx = shop.context()
    answer = people.arrive(ctx, "ada", Response())
    assert "set-cookie" not in answer.headers
