"""Forms of the catalogue's office that say what can't be: refused by field, and nothing changes."""

import pytest
from plugins.backoffice.tests.staff_client import post, signed_in
from plugins.catalog.tests.shelves import filled
from sqlalchemy import text


@pytest.fixture
def shop(database, make_site, tmp_path):
    return filled(make_site, tmp_path, "backoffice")


@pytest.mark.parametrize("chosen", ["9" * 23, "99999999", "²", "١", "-1"])
def test_a_variant_takes_pictures_of_its_own_product_only(shop, chosen):
    fields = {"sku": "BOWL", "BOWL.price_USD": "5", "BOWL.active": "1", "BOWL.picture": chosen}
    answer = post(signed_in(shop), "/admin/products/bowl/variants", form_on="/admin/products/bowl", **fields)
    assert (answer.status_code, "The product has no such picture." in answer.text) == (422, True)
    with shop.database.reading() as session:
        assert session.execute(text("SELECT amount FROM catalog_price WHERE currency = 'USD' ORDER BY amount")).first() == (100,)


def test_a_product_may_have_a_name_in_any_script(shop):
    fields = {"title.en": "١٢٣", "title.zh": "碗", "tax_class": "standard"}
    answer = post(signed_in(shop), "/admin/products/new", form_on="/admin/products/new", **fields)
    assert (answer.status_code, answer.url.path) == (200, "/admin/products/١٢٣")
