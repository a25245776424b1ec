"""The back office of the catalogue: what staff change appears in the shop, and only who may changes it."""

import re

import pytest
from plugins.backoffice.tests.staff_client import post, signed_in, token_in
from plugins.catalog.tests.shelves import context, filled
from plugins.catalog.tests.shelves import picture as png
from sqlalchemy import select

from marketry import Plugin
from marketry.commerce.stock import StockKeeper, StockSource
from marketry.testing.clients import client_of
from marketry.testing.inline import inline_plugin
from marketry.web.values import BulkAction, Column
from marketry_catalog.models.pictures import picture


@pytest.fixture
def shop(database, make_site, tmp_path):
    return filled(make_site, tmp_path, "backoffice")


@pytest.fixture
def staff(shop):
    return signed_in(shop)


def product_fields(**more):
    return {"title.en": "Rice Bowl", "title.zh": "饭碗", "published": "true", "tax_class": "standard", **more}


def test_every_page_opens(staff):
    pages = [
        "/admin/products",
        "/admin/products?q=bowl&state=published&category=kitchen",
        "/admin/products/new",
        "/admin/products/mug",
        "/admin/categories",
        "/admin/categories/new",
        "/admin/categories/cups",
        "/admin/stock",
        "/admin/stock?q=BOWL&low=true",
        "/admin/stock/movements",
        "/admin/stock/movements?sku=BOWL",
        "/admin/import",
        "/admin/searches",
        "/zh/admin/searches?term=beaker",
        "/zh/admin/products/mug",
        "/admin",
    ]
    assert {page: staff.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


@pytest.mark.parametrize("page", ["/admin/products", "/admin/stock", "/admin/import"])
def test_staff_without_the_permission_are_refused(shop, page):
    assert signed_in(shop, permissions=["orders.order.read"]).get(page).status_code == 403


def test_who_may_only_read_changes_nothing(shop, staff):
    reader = signed_in(shop, permissions=["catalog.product.read"], email="reader@example.com")
    page = reader.get("/admin/products/bowl")
    assert page.status_code == 200
    fields = product_fields(**{"title.en": "X", "csrf_token": token_in(page.text)})
    answer = reader.post("/admin/products/bowl", data=fields)
    assert answer.status_code == 403
    assert "Rice Bowl" in client_of(shop).get("/products/bowl").text


def test_a_product_is_made_given_a_variant_and_sold(shop, staff):
    answer = post(staff, "/admin/products/new", **product_fields(**{"title.en": "Tea Caddy", "categories": "kitchen"}))
    assert answer.url.path == "/admin/products/tea-caddy"
    post(
        staff,
        "/admin/products/tea-caddy/options",
        form_on="/admin/products/tea-caddy",
        **{
            "options.0.name.en": "Colour",
            "options.0.values.en": "Oat, Ink",
            "options.0.values.zh": "燕麦，墨蓝",  # as a Chinese keyboard writes it
            "options.1.name.en": "Size",
            "options.1.values.en": "S, L",
        },
    )
    skus = ["TEA-CADDY-OAT-S", "TEA-CADDY-OAT-L", "TEA-CADDY-INK-S", "TEA-CADDY-INK-L"]
    each = {"price_USD": "12.50", "active": "1", "tracked": "1"}
    fields = {f"{sku}.{name}": value for sku in skus for name, value in each.items()}
    answer = post(staff, "/admin/products/tea-caddy/variants", form_on="/admin/products/tea-caddy", sku=skus, **fields)
    assert answer.status_code == 200
    found = client_of(shop).get("/api/v1/products/tea-caddy").json()
    assert [(v["sku"], v["price"]) for v in found["variants"]] == [(sku, {"minor": 1250, "currency": "USD"}) for sku in skus]
    assert found["variants"][0]["options"] == {"Colour": "Oat", "Size": "S"}
    assert found["categories"] == ["kitchen"]


def test_wrong_prices_are_named_and_nothing_is_saved(shop, staff):
    answer = post(
        staff,
        "/admin/products/bowl/variants",
        form_on="/admin/products/bowl",
        **{
            "sku": "BOWL",
            "BOWL.price_USD": "19.999",
            "BOWL.price_EUR": "5",
            "BOWL.compare_at_EUR": "4",
            "BOWL.active": "1",
        },
    )
    assert answer.status_code == 422
    assert "Write an amount of USD." in answer.text
    assert "must be above the price" in answer.text
    assert client_of(shop).get("/api/v1/products/bowl").json()["variants"][0]["price"] == {"minor": 1800, "currency": "USD"}


def test_a_changed_address_redirects_for_good(shop, staff):
    post(staff, "/admin/products/bowl", **product_fields(**{"slug.en": "big-bowl", "slug.zh": "饭碗"}))
    buyer = client_of(shop, follow_redirects=False)
    moved = buyer.get("/products/bowl")
    assert (moved.status_code, moved.headers["location"]) == (301, "/products/big-bowl")
    assert buyer.get("/products/big-bowl").status_code == 200
    assert buyer.get("/zh/products/饭碗").status_code == 200


def test_an_address_of_another_product_is_refused(shop, staff):
    answer = post(staff, "/admin/products/bowl", **product_fields(**{"slug.en": "mug"}))
    assert answer.status_code == 409
    assert "The address mug belongs to another product." in answer.text


def test_a_moved_category_redirects_and_its_products_follow(shop, staff):
    post(staff, "/admin/categories/cups", **{"name.en": "Cups", "parent": "living", "position": "1", "published": "true"})
    buyer = client_of(shop, follow_redirects=False)
    moved = buyer.get("/categories/kitchen/cups")
    assert (moved.status_code, moved.headers["location"]) == (301, "/categories/living/cups")
    assert "Hearth Mug" not in buyer.get("/categories/kitchen").text.partition("<main")[2]
    assert "Hearth Mug" in buyer.get("/categories/living").text


def test_a_category_below_itself_is_refused(staff):
    fields = {"name.en": "Kitchen", "parent": "cups", "position": "1", "published": "true"}
    answer = post(staff, "/admin/categories/kitchen", **fields)
    assert answer.status_code == 422
    assert "can&#39;t stand below itself" in answer.text


def test_pictures_are_uploaded_moved_and_removed(shop, staff):
    page = "/admin/products/bowl"
    for colour in ("red", "blue"):
        token = token_in(staff.get(page).text)
        files = {"picture": (f"{colour}.png", png(colour), "image/png")}
        staff.post(f"{page}/pictures", data={"csrf_token": token, "alt.en": colour}, files=files)

    def order():
        with context(shop).reading() as session:
            return [(r.alt["en"], r.position) for r in session.execute(select(picture).order_by(picture.c.position))]

    assert order() == [("red", 1), ("blue", 2)]
    with context(shop).reading() as session:
        blue = session.execute(select(picture.c.id).where(picture.c.position == 2)).scalar()
    post(staff, f"{page}/pictures/{blue}", form_on=page, **{"alt.en": "blue", "position": "1"})
    assert order() == [("blue", 1), ("red", 2)]
    post(staff, f"{page}/pictures/{blue}", form_on=page, deed="remove")
    assert order() == [("red", 1)]


def test_what_is_no_picture_is_refused(staff):
    token = token_in(staff.get("/admin/products/bowl").text)
    files = {"picture": ("x.svg", b"<svg onload='alert(1)'/>", "image/svg+xml")}
    assert staff.post("/admin/products/bowl/pictures", data={"csrf_token": token}, files=files).status_code == 422


def test_an_adjustment_is_a_movement_with_reason_and_name(shop, staff):
    fields = {"sku": "BOWL", "location": "main", "change": "-2", "reason": "broken"}
    page = post(staff, "/admin/stock", **fields)
    assert page.url.path == "/admin/stock/movements"
    assert re.search(r"-2.*broken · staff", page.text, re.S)
    ctx = context(shop)
    with ctx.reading():
        assert shop.service(StockKeeper).available(ctx, ["BOWL"]) == {"BOWL": 4}


def test_what_is_promised_cannot_be_adjusted_away(shop, staff):
    ctx = context(shop)
    with ctx.writing():
        shop.service(StockKeeper).reserve(ctx, "order:A", [StockSource("BOWL", "main", 4)], None)
    answer = post(staff, "/admin/stock", sku="BOWL", location="main", change="-2", reason="broken")
    assert answer.status_code == 409
    with ctx.reading():
        assert shop.service(StockKeeper).available(ctx, ["BOWL"]) == {"BOWL": 2}


def test_a_product_with_promised_units_is_not_deleted_and_another_is(shop, staff):
    ctx = context(shop)
    with ctx.writing():
        shop.service(StockKeeper).reserve(ctx, "order:A", [StockSource("BOWL", "main", 1)], None)
    assert post(staff, "/admin/products/bowl/delete", form_on="/admin/products/bowl").status_code == 409
    assert post(staff, "/admin/products/mug/delete", form_on="/admin/products/mug").status_code == 200
    buyer = client_of(shop)
    assert (buyer.get("/products/bowl").status_code, buyer.get("/products/mug").status_code) == (200, 404)


def test_a_file_is_checked_first_and_then_imported(shop, staff):
    content = b"handle,title_en\nbowl,Deep Bowl\nbad handle,X\n"

    def send(deed):
        token = token_in(staff.get("/admin/import").text)
        files = {"file": ("p.csv", content, "text/csv")}
        return staff.post("/admin/import", data={"csrf_token": token, "deed": deed}, files=files)

    assert "is no handle" in send("check").text
    assert "Rice Bowl" in client_of(shop).get("/products/bowl").text
    send("import")
    assert "Deep Bowl" in client_of(shop).get("/products/bowl").text


def test_the_back_office_finds_products_by_number_and_words(staff):
    assert "/admin/products/mug" in staff.get("/admin/search?q=MUG-INK").text
    assert "/admin/products/mug" in staff.get("/admin/search?q=mug").text


def listing(done):
    return lambda ctx, name: (
        (
            Column("shelf", "Shelf", lambda ctx, handles: {"bowl": "A7"} if "mug" in handles else {}),
            BulkAction("hide", "Hide all", "catalog.product.write", lambda ctx, handles: done.append(list(handles)) or "Hidden!"),
            BulkAction("burn", "Burn all", "fire.write", lambda ctx, handles: done.append("burnt")),
        )
        if name == "catalog.products"
        else ()
    )


def test_a_plugin_adds_a_column_and_something_to_do_with_the_ticked_products(database, make_site, tmp_path):
    done = []
    shelf = inline_plugin(Plugin(id="shelf", title="Shelf"), admin_lists=listing(done))
    runtime = filled(make_site, tmp_path, "backoffice", extra=[shelf])
    staff = signed_in(runtime, ["catalog.product.read", "catalog.product.write"])
    page = staff.get("/admin/products").text
    assert '<th scope="col">Shelf</th>' in page
    assert '<td data-label="Shelf">A7</td>' in page
    assert ("Hide all" in page, "Burn all" in page) == (True, False)
    answer = post(staff, "/admin/products/bulk", form_on="/admin/products", product=["bowl", "mug"], action="hide")
    assert (answer.url.path, "Hidden!" in answer.text) == ("/admin/products", True)
    for fields in ({"product": "bowl", "action": "burn"}, {"product": "bowl", "action": ""}, {"action": "hide"}):
        assert post(staff, "/admin/products/bulk", form_on="/admin/products", **fields).status_code == 422
    assert done == [["bowl", "mug"]]


def test_without_anything_to_do_nothing_can_be_ticked(staff):
    assert 'name="product"' not in staff.get("/admin/products").text


ADD = "/admin/searches/synonyms"


def test_staff_keep_synonyms_and_see_what_was_searched_in_vain(shop, staff):
    buyer = client_of(shop)
    buyer.get("/search?q=beaker")
    page = staff.get("/admin/searches").text
    assert 'href="/admin/searches?term=beaker#synonym"' in page
    refused = post(staff, ADD, form_on="/admin/searches", locale="en", words="beaker")
    assert refused.status_code == 422
    post(staff, ADD, form_on="/admin/searches", locale="en", words="beaker, mug")
    assert "beaker, mug" in staff.get("/admin/searches").text
    number = re.search(r"/admin/searches/synonyms/(\d+)/delete", staff.get("/admin/searches").text)
    post(staff, f"{ADD}/{number[1]}/delete", form_on="/admin/searches")
    assert "beaker, mug" not in staff.get("/admin/searches").text


def test_prices_of_customer_groups_are_typed_beside_those_of_everybody(make_site, tmp_path):
    shop = filled(make_site, tmp_path, "backoffice", more='[segments]\nprice_groups = ["trade"]')
    staff, page = signed_in(shop), "/admin/products/bowl"
    for currency in shop.site.currencies:
        assert f'name="BOWL.price_{currency}_trade"' in staff.get(page).text
    fields = {"BOWL.price_USD": "18.00", "BOWL.weight_g": "300", "BOWL.tracked": "1", "BOWL.active": "1"}
    wrong = post(staff, f"{page}/variants", form_on=page, sku="BOWL", **fields, **{"BOWL.price_USD_trade": "cheap"})
    assert wrong.status_code == 422
    assert 'href="#f-BOWL-price_USD_trade"' in wrong.text
    post(staff, f"{page}/variants", form_on=page, sku="BOWL", **fields, **{"BOWL.price_USD_trade": "14.50"})
    assert re.search(r'name="BOWL.price_USD_trade"[^>]* value="14.50"', staff.get(page).text)
    assert client_of(shop).get("/api/v1/products/bowl").json()["variants"][0]["price"] == {"minor": 1800, "currency": "USD"}
