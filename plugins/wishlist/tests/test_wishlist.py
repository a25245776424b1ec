"""Hearts save, lists show what is true now, links can be withdrawn, and a visitor's list follows them into their account."""

from datetime import UTC, datetime, timedelta

import pytest

from marketry import Plugin
from marketry.commerce.people import Customer, CustomerBook
from marketry.hookspecs import operations, people
from marketry.testing import inline_plugin
from marketry.testing.clients import client_of
from marketry.web.values import ANONYMOUS, SYSTEM, Actor, ActorKind
from marketry_catalog.importing.run import import_catalogue
from marketry_wishlist.lists import sweep
from marketry_wishlist.models import List

PRODUCTS = """\
handle,categories,title_en,title_zh,published
bowl,kitchen,Rice Bowl,饭碗,true
mug,kitchen,Hearth Mug,炉边马克杯,true
"""
VARIANTS = """\
product,sku,option1_name_en,option1_name_zh,option1_value_en,option1_value_zh,price_usd,price_eur,stock_main
bowl,BOWL,,,,,1800,1700,5
mug,MUG-OAT,Colour,颜色,Oat,燕麦,2800,2600,10
mug,MUG-INK,Colour,颜色,Ink,墨蓝,3200,2900,0
"""
ADA = Customer("customer:ada", "ada@example.com", "Ada", "en", True, frozenset(), False)
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


class Book:
    """One customer."""

    def by_email(self, ctx, email):
        return ADA if email == ADA.email else None


class Door:
    """Says who asks; `actor` is set by the test."""

    actor = ANONYMOUS


@pytest.fixture
def door():
    return Door()


@pytest.fixture
def shop(database, make_site, tmp_path, door):
    accounts = inline_plugin(
        Plugin("accounts", "Accounts"),
        resolve_actor=lambda ctx, request: door.actor,
        services=lambda: {CustomerBook: Book()},
    )
    door.now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    runtime = make_site("catalog", "orders", "wishlist", extra=[accounts], clock=lambda: door.now)
    load(runtime, tmp_path / "goods")
    return runtime


def load(runtime, folder, variants=VARIANTS):
    folder.mkdir(exist_ok=True)
    (folder / "categories.csv").write_text("handle,parent,position,name_en,name_zh\nkitchen,,1,Kitchen,厨房\n")
    (folder / "products.csv").write_text(PRODUCTS)
    (folder / "variants.csv").write_text(variants)
    assert import_catalogue(runtime.context(actor=SYSTEM), folder).errors == []


def customer(door):
    door.actor = Actor(ActorKind.CUSTOMER, ADA.id, ADA.name)


def token(page):
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def wish_id(page):
    return page.partition("/wishlist/wishes/")[2].partition('"')[0]


def test_a_heart_saves_without_script_and_leads_to_the_list(shop):
    client = client_of(shop)
    page = client.post("/wishlist/wishes", data={"product": "bowl"}).text
    assert ("Rice Bowl" in page, "$18.00" in page, "Move to the cart" in page) == (True, True, True)
    assert client.get("/wishlist/badge").text.startswith('<span data-wished="bowl">')
    assert client_of(shop).get("/wishlist/badge").text.startswith('<span data-wished="">')


def test_pages_with_hearts_are_the_same_for_everyone(shop):
    known, unknown = client_of(shop), client_of(shop)
    known.post("/wishlist/wishes", data={"product": "bowl"})
    pages = [client.get("/categories/kitchen") for client in (known, unknown)]
    assert pages[0].text == pages[1].text
    assert pages[0].text.count('data-wish="') == 2
    assert pages[0].headers["cache-control"].startswith("public")


def test_the_script_gets_the_number_and_a_second_click_takes_it_back(shop):
    client = client_of(shop)
    saved = client.post("/wishlist/wishes", data={"product": "mug", "sku": "MUG-INK"}, headers=PARTIAL).text
    assert 'data-wished="mug"' in saved
    assert 'data-wished=""' in client.post("/wishlist/wishes/remove", data={"product": "mug"}, headers=PARTIAL).text


@pytest.mark.parametrize("sent", [{"product": "teapot"}, {"product": "bowl", "sku": "MUG-OAT"}, {"product": ""}, {}])
def test_what_the_shop_does_not_have_is_refused_and_saves_nothing(shop, sent):
    client = client_of(shop)
    assert client.post("/wishlist/wishes", data=sent).status_code == 422
    assert client.get("/wishlist/badge").text.startswith('<span data-wished="">')


def test_a_list_holds_as_many_as_the_setting_says(make_site, tmp_path):
    runtime = make_site("catalog", "wishlist", more="[settings.wishlist]\nmost_wishes = 1\non_cards = false")
    load(runtime, tmp_path / "goods")
    client = client_of(runtime)
    assert client.post("/wishlist/wishes", data={"product": "bowl"}).status_code == 200
    assert client.post("/wishlist/wishes", data={"product": "mug"}).status_code == 409
    assert 'data-wish="' not in client.get("/categories/kitchen").text
    assert 'data-wish="bowl"' in client.get("/products/bowl").text


def test_moving_to_the_cart_takes_it_off_the_list_and_what_is_sold_out_stays(shop):
    client = client_of(shop)
    page = client.post("/wishlist/wishes", data={"product": "bowl"}).text
    client.post(f"/wishlist/wishes/{wish_id(page)}", data={"cart": "1", "sku": "BOWL", "csrf_token": token(page)})
    assert "Rice Bowl" in client.get("/cart").text
    page = client.post("/wishlist/wishes", data={"product": "mug", "sku": "MUG-INK"}).text
    assert ("Sold out" in page, "Rice Bowl" in page, "Move to the cart" in page) == (True, False, False)
    told = client.post(f"/wishlist/wishes/{wish_id(page)}", data={"cart": "1", "sku": "MUG-INK", "csrf_token": token(page)}).text
    assert ("Hearth Mug is sold out." in told, "data-wished" in told) == (True, False)
    assert "Hearth Mug" in client.get("/wishlist").text


def test_a_cheaper_price_is_told(shop, tmp_path):
    client = client_of(shop)
    client.post("/wishlist/wishes", data={"product": "bowl"})
    load(shop, tmp_path / "goods", VARIANTS.replace("1800", "1500"))
    assert "$3.00 cheaper than when you saved it" in client.get("/wishlist").text
    assert "比收藏时便宜 US$3.00" in client.get("/zh/wishlist").text


def test_a_shared_list_is_read_by_others_until_the_link_is_withdrawn(shop):
    owner, friend = client_of(shop), client_of(shop)
    page = owner.post("/wishlist/wishes", data={"product": "bowl"}).text
    page = owner.post("/wishlist/share", data={"csrf_token": token(page)}).text
    path = "/wishlist/shared/" + page.partition("/wishlist/shared/")[2].partition('"')[0]
    shown = friend.get(path)
    assert ("Rice Bowl" in shown.text, "/wishlist/wishes/" in shown.text) == (True, False)
    assert shown.headers["x-robots-tag"] == "noindex"
    owner.post("/wishlist/share", data={"withdraw": "1", "csrf_token": token(page)})
    assert friend.get(path).status_code == 404


def test_another_visitors_wish_is_out_of_reach(shop):
    page = client_of(shop).post("/wishlist/wishes", data={"product": "bowl"}).text
    stranger = client_of(shop)
    own = stranger.post("/wishlist/wishes", data={"product": "mug"}).text
    assert stranger.post(f"/wishlist/wishes/{wish_id(page)}", data={"csrf_token": token(own)}).status_code == 404
    forger = client_of(shop, cookies={"wishlist": "forged"})
    assert "Your wish list is empty." in forger.get("/wishlist").text


def test_signing_in_brings_the_visitors_list_once_per_product(shop, door):
    from starlette.requests import Request
    from starlette.responses import Response

    customer(door)
    at_home = client_of(shop)
    at_home.post("/wishlist/wishes", data={"product": "bowl"})
    door.actor = ANONYMOUS
    visitor = client_of(shop)
    for product in ("bowl", "mug"):
        visitor.post("/wishlist/wishes", data={"product": product})
    cookies = "; ".join(f"{name}={value}" for name, value in dict(visitor.cookies).items())
    headers = [(b"cookie", cookies.encode()), (b"host", b"testserver")]
    scope = {"type": "http", "method": "POST", "scheme": "http", "path": "/account/sign-in", "query_string": b""}
    request = Request({**scope, "headers": headers, "server": ("testserver", 80)})
    ctx, response = shop.context(actor=ANONYMOUS, request=request), Response()
    with ctx.writing():
        ctx.hooks.each(people.customer_arriving, ctx, ADA, response)
    assert any("wishlist=" in v and "Max-Age=0" in v for k, v in response.headers.items() if k == "set-cookie")
    customer(door)
    assert set(at_home.get("/wishlist/badge").text.partition('data-wished="')[2].partition('"')[0].split()) == {"bowl", "mug"}
    assert visitor.get("/wishlist", follow_redirects=False).headers["location"] == "/account/wishlist"


def test_a_person_gets_their_wishes_and_has_them_erased(shop, door):
    customer(door)
    client = client_of(shop)
    client.post("/wishlist/wishes", data={"product": "bowl"})
    ctx = shop.context(actor=SYSTEM)
    with ctx.writing():
        (told,) = [a.value for a in ctx.hooks.each(operations.export_subject, ctx, ADA.email, ADA.id) if a.plugin == "wishlist"]
        assert [wish["product"] for wish in told["wishes"]] == ["bowl"]
        erased = [a.value for a in ctx.hooks.each(operations.erase_subject, ctx, ADA.email, ADA.id) if a.plugin == "wishlist"]
    assert erased == [2]
    assert client.get("/wishlist/badge").text.startswith('<span data-wished="">')


def test_lists_that_nobody_used_are_swept_but_customers_keep_theirs(shop, door):
    client_of(shop).post("/wishlist/wishes", data={"product": "bowl"})
    customer(door)
    client_of(shop).post("/wishlist/wishes", data={"product": "bowl"})
    for days, left in ((179, 2), (2, 1)):
        door.now += timedelta(days=days)
        sweep(shop.context(actor=SYSTEM))
        with shop.context().reading() as session:
            assert session.query(List).count() == left


def test_headless_shops_keep_a_list_by_its_token(shop):
    client = client_of(shop)
    headers = {"X-Wishlist-Token": client.post("/api/v1/wishlist").json()["token"]}
    added = client.post("/api/v1/wishlist/items", json={"product": "mug", "sku": "MUG-OAT"}, headers=headers)
    assert added.status_code == 201
    (item,) = client.get("/api/v1/wishlist", headers=headers).json()["items"]
    assert (item["product"], item["sku"], item["price"], item["sold_out"]) == (
        "mug",
        "MUG-OAT",
        {"minor": 2800, "currency": "USD"},
        False,
    )
    assert client.delete("/api/v1/wishlist/items/mug", headers=headers).json()["items"] == []
    refused = client.get("/api/v1/wishlist", headers={"X-Wishlist-Token": "forged"})
    assert (refused.status_code, refused.json()["code"]) == (404, "wishlist_not_found")


def test_staff_with_the_permission_see_what_is_wished_for_most(shop, door):
    for products in (("bowl",), ("bowl", "mug")):
        client = client_of(shop)
        for product in products:
            client.post("/wishlist/wishes", data={"product": product})
    door.actor = Actor(ActorKind.STAFF, "staff:1", "Sam", frozenset({"wishlist.insight.read"}))
    page = client_of(shop).get("/admin/wishes").text
    assert page.index("Rice Bowl") < page.index("Hearth Mug")
    door.actor = Actor(ActorKind.STAFF, "staff:2", "Kim")
    assert client_of(shop).get("/admin/wishes").status_code == 403


def test_every_word_of_the_plugin_is_there_in_chinese(make_site):
    from marketry_wishlist.plugin import plugin

    ctx = make_site("catalog", "wishlist").context(locale="zh")
    texts = [plugin.title, plugin.summary, *(p.label for p in plugin.permissions)]
    texts += [text for field in plugin.settings.model_fields.values() for text in (field.title, field.description)]
    assert [text for text in texts if ctx.gettext(text) == text] == []
