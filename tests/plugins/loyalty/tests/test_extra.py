"""Fields that loyalty adds to products and orders: a generated form in the back office, stored with the entity, shown."""

import pytest
from plugins.backoffice.tests.staff_client import post, signed_in
from plugins.catalog.tests.shelves import filled
from plugins.orders.tests.front_shop import MANUAL, Buyer
from sqlalchemy import text

from marketry.testing.clients import client_of

PRODUCT = "/admin/products/bowl"
WORDS = "extra.loyalty.words"


@pytest.fixture
def shop(database, make_site, tmp_path):
    return filled(make_site, tmp_path, "backoffice", "orders", "payments_manual", "loyalty", more=MANUAL)


@pytest.fixture
def staff(shop):
    return signed_in(shop)


def extra(shop, table, where):
    from marketry.database import JSONValue

    found = text(f"SELECT extra FROM {table} WHERE {where}").columns(extra=JSONValue())
    with shop.context().reading() as session:
        return session.execute(found).scalar_one()


def of_product(shop):
    return extra(shop, "catalog_product", "handle = 'bowl'")


def save(staff, at=PRODUCT, **fields):
    return post(staff, f"{at}/extra/loyalty", form_on=at, **{f"extra.loyalty.{name}": text for name, text in fields.items()})


def test_the_form_of_a_product_has_a_control_for_each_field(staff):
    page = staff.get(PRODUCT).text
    assert f'name="{WORDS}" type="text" aria-describedby="f-extra-loyalty-words-hint" maxlength="80"' in page
    assert 'name="extra.loyalty.double"' in page
    assert 'name="extra.loyalty.until" type="date"' in page
    assert 'action="/admin/products/bowl/extra/loyalty"' in page


def test_what_is_saved_stands_with_the_product_is_shown_in_the_shop_and_survives_its_own_form(shop, staff):
    assert save(staff, words="<b>Earn</b> more.", double="true", until="2026-12-24").status_code == 200
    assert of_product(shop) == {"loyalty": {"words": "<b>Earn</b> more.", "double": True, "until": "2026-12-24"}}
    assert 'value="&lt;b&gt;Earn&lt;/b&gt; more."' in staff.get(PRODUCT).text
    assert "<p>&lt;b&gt;Earn&lt;/b&gt; more. Double points!</p>" in client_of(shop).get("/products/bowl").text
    post(staff, PRODUCT, **{"title.en": "Rice Bowl", "title.zh": "饭碗", "published": "true", "tax_class": "standard"})
    assert of_product(shop)["loyalty"]["words"] == "<b>Earn</b> more."
    save(staff)
    assert of_product(shop) == {"loyalty": {"words": "", "double": False, "until": None}}


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"words": "x" * 81}, "words", "Please enter at most 80 characters."),
        ({"until": "tomorrow"}, "until", "valid date"),
    ],
)
def test_what_does_not_fit_is_refused_by_name_comes_back_as_typed_and_changes_nothing(shop, staff, fields, field, message):
    save(staff, words="Earn more.")
    refused = save(staff, **fields)
    assert refused.status_code == 422
    assert message in refused.text
    assert f'href="#f-extra-loyalty-{field}"' in refused.text
    assert f'value="{fields[field]}"' in refused.text
    assert of_product(shop)["loyalty"]["words"] == "Earn more."


def test_parts_of_plugins_that_are_not_enabled_stay(shop, staff):
    with shop.context().writing() as session:
        session.execute(text("UPDATE catalog_product SET extra = '{\"gone\": {\"a\": 1}}' WHERE handle = 'bowl'"))
    save(staff, words="Earn more.")
    assert of_product(shop) == {"gone": {"a": 1}, "loyalty": {"words": "Earn more.", "double": False, "until": None}}
    assert post(staff, f"{PRODUCT}/extra/gone", form_on=PRODUCT).status_code == 404


def test_who_may_only_read_sees_the_values_and_no_form(shop, staff):
    save(staff, words="Earn more.")
    reader = signed_in(shop, ["catalog.product.read"], "bo@example.com")
    page = reader.get(PRODUCT).text
    assert "Earn more." in page
    assert WORDS not in page
    token = reader.get("/admin").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert reader.post(f"{PRODUCT}/extra/loyalty", data={"csrf_token": token, WORDS: "x"}).status_code == 403
    assert of_product(shop)["loyalty"]["words"] == "Earn more."


def test_an_order_has_fields_of_its_own_with_what_must_be_filled_in(shop, staff):
    number = Buyer(client_of(shop)).ready("BOWL").complete().json()["order"]["number"]
    at = f"/admin/orders/{number}"
    refused = save(staff, at, count="3")
    assert (refused.status_code, "This is required." in refused.text) == (422, True)
    assert save(staff, at, gift="car").status_code == 422
    assert extra(shop, "orders_order", f"number = '{number}'") == {}
    assert save(staff, at, gift="note_book", count="3").status_code == 200
    assert extra(shop, "orders_order", f"number = '{number}'") == {"loyalty": {"gift": "note_book", "count": 3}}
    assert '<option value="note_book" selected>Note book</option>' in staff.get(at).text
    with shop.context().reading() as session:
        told = session.execute(text("SELECT action, subject FROM kernel_audit ORDER BY id")).all()
    assert told[-1] == ("orders.extra", f"order:{number}")
