"""Customers of a price group see and pay its prices wherever a price stands, and nobody else ever sees one of them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from plugins.orders.tests.front_shop import Buyer
from tests.buying import ADDRESS

from marketry.testing.clients import visitor_of
from marketry.testing.plugin import DATABASES, new_database
from marketry.testing.sites import SiteFactory
from marketry.web.values import SYSTEM
from marketry_catalog.editing.variants import change_variants
from marketry_catalog.importing.run import import_catalogue
from marketry_users.customer_desk import put_into_groups
from marketry_users.groups import GroupForm, save_group
from marketry_users.hashing import hasher
from marketry_users.models import Customer

FILES = {
    "categories": "handle,parent,position,name_en,name_zh\ncups,,1,Cups,杯子\njars,,2,Jars,罐子\n",
    "products": "handle,categories,title_en,title_zh,tax_class,published\n"
    "mug,cups,Mug,马克杯,standard,true\nbowl,cups,Bowl,碗,standard,true\nvase,cups,Vase,花瓶,standard,true\n"
    "jar,jars,Jar,罐子,standard,true\n",
    "variants": "product,sku,price_usd,compare_at_usd,price_eur,price_usd_trade,price_eur_trade,price_usd_staff,"
    "weight_g,stock_main\n"
    "mug,MUG,2500,4000,2300,1999,1877,1111,500,100\n"
    "bowl,BOWL,2200,,2100,,,,500,100\n"
    "vase,VASE,9000,,8000,1500,,,500,100\n"
    "jar,JAR,2500,,2300,1999,1877,,500,100\n",
}
MORE = """
[segments]
price_groups = ["trade", "staff"]
[settings.payments_manual.bank_accounts.USD]
holder = "Test shop"
number = "1"
"""
PASSWORD = "a long and quiet password"
PUBLIC = ("/categories/cups", "/products/mug", "/search?q=mug", "/zh/products/mug", "/categories/cups?sort=price")


@pytest.fixture(scope="module", params=DATABASES)
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One for all claims: each has customers, or goods, of its own."""
    tmp_path = tmp_path_factory.mktemp("groups")
    with new_database(request.param, tmp_path) as url:
        factory = SiteFactory(tmp_path, {"MARKETRY_DATABASE_URL": url})
        yield stocked(factory, tmp_path)
        factory.close()


def stocked(make_site: SiteFactory, tmp_path: Path) -> Any:
    runtime = make_site("backoffice", "users", "catalog", "orders", "payments_manual", more=MORE, currencies=["USD", "EUR"])
    folder = tmp_path / "goods"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    assert import_catalogue(runtime.context(actor=SYSTEM), folder).errors == []
    ctx = runtime.context(actor=SYSTEM)
    with ctx.writing() as session:
        for code in ("trade", "staff"):
            save_group(ctx, GroupForm(code=code, name={"en": code}), None)
        secret, now = hasher().hash_now(ctx, PASSWORD), ctx.now()
        for name in ("ada", "eve", "zoe"):
            session.add(
                Customer(id=f"customer:{name}", email=f"{name}@example.com", name=name, locale="en", password=secret,
                         password_at=now, verified_at=now, created_at=now)
            )  # fmt: skip
    for name in ("ada", "zoe"):
        into(runtime, name, "staff", "trade")
    return runtime


def into(runtime: Any, name: str, *groups: str) -> None:
    ctx = runtime.context(actor=SYSTEM)
    with ctx.writing() as session:
        put_into_groups(ctx, session.get_one(Customer, f"customer:{name}"), groups)


def signed_in(runtime: Any, name: str) -> Any:
    client = visitor_of(runtime)
    page = client.get("/account/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    fields = {"csrf_token": token[1], "email": f"{name}@example.com", "password": PASSWORD}
    assert client.post("/account/sign-in", data=fields).url.path == "/account"
    return client


def bearer(runtime: Any, name: str) -> Any:
    client = visitor_of(runtime)
    answer = client.post("/api/v1/sessions", json={"email": f"{name}@example.com", "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    return visitor_of(runtime, headers={"Authorization": f"Bearer {answer.json()['token']}"})


def seen(client: Any) -> dict[str, set[str]]:
    """Per page the amounts on it."""
    return {path: set(re.findall(r"(?:US)?[$€]\d+\.\d\d", client.get(path).text)) for path in PUBLIC}


def test_lists_and_products_show_the_prices_of_the_group_to_its_customers_alone(shop: Any) -> None:
    guest, ada, eve = visitor_of(shop), signed_in(shop, "ada"), signed_in(shop, "eve")
    before = seen(guest)
    assert before["/products/mug"] == {"$25.00", "$40.00"}
    mine = seen(ada)
    assert mine["/products/mug"] == {"$19.99"}
    assert mine["/zh/products/mug"] == {"US$19.99"}
    assert mine["/search?q=mug"] == {"$19.99"}
    assert mine["/categories/cups"] == {"$19.99", "$22.00", "$15.00", "$20.00"}  # which parts the filter by price
    assert seen(ada) == mine
    assert seen(eve) == before
    assert seen(visitor_of(shop)) == before


def test_lists_are_sorted_and_filtered_by_the_prices_that_are_shown(shop: Any) -> None:
    def titles(client: Any, query: str) -> list[str]:
        items = client.get(f"/api/v1/products?category=cups&{query}").json()["items"]
        return [item["title"] for item in items]

    guest, ada = visitor_of(shop), bearer(shop, "ada")
    assert titles(guest, "sort=price") == ["Bowl", "Mug", "Vase"]
    assert titles(ada, "sort=price") == ["Vase", "Mug", "Bowl"]
    assert titles(ada, "filter=price:..20") == titles(ada, "filter=price:0..20")
    assert set(titles(ada, "filter=price:..20")) == {"Mug", "Vase"}
    assert titles(guest, "filter=price:..20") == []
    assert (titles(guest, "sale=true"), titles(ada, "sale=true")) == (["Mug"], [])


def test_cart_quote_and_order_are_priced_for_whose_cart_it_is(shop: Any) -> None:
    ada = Buyer(bearer(shop, "ada"))
    ada.ready("MUG", "BOWL")
    ada.put("shipping-address", ADDRESS)
    assert ada.show()["totals"]["subtotal"] == {"minor": 1999 + 2200, "currency": "USD"}
    # By its token alone, without a customer signed in, it is the same cart at the same prices.
    anybody = visitor_of(shop).get(f"/api/v1/carts/{ada.cart}", headers=ada.headers)
    assert anybody.json()["totals"] == ada.show()["totals"]
    done = ada.complete()
    assert done.status_code == 201, done.text
    number, token = (done.json()["order"][key] for key in ("number", "token"))
    order = ada.client.get(f"/api/v1/orders/{number}", headers={"X-Order-Token": token}).json()
    assert [line["unit_price"]["minor"] for line in order["lines"]] == [1999, 2200]
    guest = Buyer(visitor_of(shop))
    guest.ready("MUG", "BOWL")
    assert guest.show()["totals"]["subtotal"]["minor"] == 2500 + 2200


def test_a_guests_cart_takes_the_prices_of_who_signs_in_and_the_currency_chosen(shop: Any) -> None:
    client = signed_in(shop, "ada")
    assert "$19.99" in client.post("/cart/lines", data={"sku": "MUG", "quantity": "1"}).text
    client.post("/segment", data={"currency": "EUR", "next": "/products/mug"})
    assert "€18.77" in client.get("/products/mug").text
    assert "€18.77" in client.get("/cart").text
    assert "€80.00" in client.get("/products/vase").text


def test_who_signs_out_or_leaves_the_group_pays_what_everybody_pays_at_once(shop: Any) -> None:
    zoe = signed_in(shop, "zoe")
    kept = zoe.cookies["segment"]
    assert kept.startswith("USD-US-trade.")
    into(shop, "zoe")
    assert "$25.00" in zoe.get("/products/mug").text
    assert "$25.00" in zoe.post("/cart/lines", data={"sku": "MUG", "quantity": "1"}).text
    assert "segment" not in zoe.cookies
    into(shop, "zoe", "staff")
    zoe.get("/account/badge")
    assert "$11.11" in zoe.get("/products/mug").text
    zoe.post(
        "/account/sign-out", data={"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', zoe.get("/account").text)[1]}
    )  # type: ignore[index]
    assert "segment" not in zoe.cookies
    assert "$25.00" in zoe.get("/products/mug").text
    stolen = visitor_of(shop, cookies={"segment": kept})
    assert "$25.00" in stolen.get("/products/mug").text


def test_a_changed_price_of_a_group_is_there_at_once(shop: Any) -> None:
    ada, guest = signed_in(shop, "ada"), visitor_of(shop)
    seen(ada)
    ctx = shop.context(actor=SYSTEM)
    fields = {"price_USD": "25.00", "price_EUR": "23.00", "weight_g": "1", "tracked": "1", "active": "1"}
    with ctx.writing():
        change_variants(ctx, "jar", {"JAR": {**fields, "price_USD_trade": "17.50", "price_EUR_trade": ""}})
    assert "$17.50" in ada.get("/products/jar").text
    assert "$17.50" in ada.get("/categories/jars").text
    assert "$25.00" in guest.get("/products/jar").text
    ada.post("/segment", data={"currency": "EUR"})
    assert "€23.00" in ada.get("/products/jar").text


def test_a_column_of_a_group_that_the_site_does_not_know_is_refused(shop: Any, tmp_path: Path) -> None:
    folder = tmp_path / "wrong"
    folder.mkdir()
    (folder / "variants.csv").write_text("product,sku,price_usd_wholesale\nmug,MUG,5\n", "utf-8")
    report = import_catalogue(shop.context(actor=SYSTEM), folder)
    assert [error.column for error in report.errors] == ["price_usd_wholesale"]
