"""Tax comes on top in one country and is in the price in another, is known before the buyer agrees, and is agreed to."""

import pytest
from marketry_trial_salestax.plugin import SalesTaxSettings, table_of, tables
from marketry_trial_salestax.rates import tax_of
from plugins.orders.tests.front_shop import ADDRESS, MANUAL, Buyer, Goods, make_shop
from sqlalchemy import text

from marketry.commerce.money import Money
from marketry.commerce.quote import TaxMode
from marketry.settings import save_settings
from marketry.testing.clients import client_of
from marketry.web.values import SYSTEM
from marketry_shipping.api import ensure_default_zones

TAX = """
[settings.salestax.countries.US]
name = "Sales tax"
rates = { standard = 725, food = 0 }
[settings.salestax.countries.DE]
name = "VAT"
included = true
rates = { standard = 1900, food = 700 }
"""


@pytest.fixture
def goods():
    goods = Goods()
    goods.sell("MUG", 3000)
    goods.sell("JAM", 1000, tax_class="food")
    return goods


@pytest.fixture
def shop(database, make_site, goods):
    return make_shop(make_site, goods, "salestax", more=MANUAL + TAX)


def taxes(cart):
    return [(t["name"], t["rate"], t["amount"]["minor"], t["mode"], t["reason"]) for t in cart["taxes"]]


def totals(cart):
    return {name: cart["totals"][name]["minor"] for name in ("subtotal", "tax", "tax_added", "total")}


@pytest.mark.parametrize(
    ("minor", "rate", "mode", "tax"),
    [
        (1000, 725, TaxMode.ADDED, 73), (1000, 1900, TaxMode.INCLUDED, 160), (119, 1900, TaxMode.INCLUDED, 19),
        (1, 5000, TaxMode.ADDED, 1), (0, 1900, TaxMode.INCLUDED, 0), (99, 0, TaxMode.ADDED, 0),
    ],
)  # fmt: skip
def test_half_a_cent_is_rounded_up(minor, rate, mode, tax):
    assert tax_of(Money(minor, "USD"), rate, mode) == Money(tax, "USD")


def test_where_tax_is_added_it_comes_on_top_by_class_and_a_rate_of_nothing_says_nothing(shop):
    buyer = Buyer(client_of(shop)).ready("MUG", "JAM")
    cart = buyer.show()
    assert taxes(cart) == [("Sales tax", 725, 218, "added", "standard")]
    assert totals(cart) == {"subtotal": 4000, "tax": 218, "tax_added": 218, "total": 4218}
    assert buyer.complete().json()["order"]["total"]["minor"] == 4218


def test_where_it_is_included_the_total_stays_and_says_what_is_in_it(shop):
    buyer = Buyer(client_of(shop)).ready("MUG", "JAM")
    cart = buyer.put("shipping-address", {**ADDRESS, "region": "", "country": "DE", "postal_code": "10115"}).json()
    assert taxes(cart) == [("VAT", 1900, 479, "included", "standard"), ("VAT", 700, 65, "included", "food")]
    assert totals(cart) == {"subtotal": 4000, "tax": 544, "tax_added": 0, "total": 4000}
    assert buyer.complete().status_code == 201
    with shop.context().reading() as session:
        kept = session.execute(text("SELECT name, rate, amount, mode, provider FROM orders_tax_line ORDER BY position")).all()
    assert kept == [("VAT", 1900, 479, "included", "salestax"), ("VAT", 700, 65, "included", "salestax")]


def test_a_country_without_rates_has_no_tax(shop):
    paris = {**ADDRESS, "region": "", "country": "FR", "postal_code": "75001"}
    cart = Buyer(client_of(shop)).ready("MUG").put("shipping-address", paris).json()
    assert (taxes(cart), totals(cart)["total"]) == ([], 3000)


def test_fees_and_delivery_are_taxed_too(database, make_site, goods):
    shop = make_shop(make_site, goods, "salestax", "shipping", more=MANUAL + TAX)
    with (ctx := shop.context(actor=SYSTEM)).writing():
        ensure_default_zones(ctx)
    buyer = Buyer(client_of(shop)).ready("JAM", payment="cash_on_delivery")
    buyer.put("shipping-method", {"code": "standard"})
    cart = buyer.show()
    assert taxes(cart) == [("Sales tax", 725, 43, "added", "standard"), ("Sales tax", 725, 36, "added", "standard")]
    assert cart["totals"]["total"]["minor"] == 1000 + 590 + 500 + 43 + 36


def test_a_rate_that_changed_after_the_buyer_agreed_is_a_conflict_that_shows_the_new_total(shop):
    buyer = Buyer(client_of(shop)).ready("MUG")
    assert buyer.show()["totals"]["total"]["minor"] == 3218
    with (ctx := shop.context(actor=SYSTEM)).writing():
        save_settings(ctx, "salestax", {"countries": {"US": {"name": "Sales tax", "rates": {"standard": 800}}}})
    shop.look_again()
    late = buyer.complete()
    assert (late.status_code, late.json()["code"]) == (409, "totals_changed")
    assert "$32.40" in late.json()["detail"]
    assert buyer.show()["totals"]["total"]["minor"] == 3240
    assert buyer.complete().json()["order"]["total"]["minor"] == 3240


def test_the_table_is_made_when_a_process_starts_and_let_go_when_it_stops(shop):
    assert shop not in tables
    with client_of(shop):
        settings, table = tables[shop]
        assert (settings, sorted(table)) == (shop.settings_of(SalesTaxSettings), ["DE", "US"])
        assert table_of(shop.context()) is table
    assert shop not in tables


def test_a_country_without_a_standard_rate_stops_the_start(make_site, goods):
    shop = make_shop(make_site, goods, "salestax", more=MANUAL + TAX.replace("standard = 1900, ", ""))
    with pytest.raises(Exception, match="a standard rate is needed"), client_of(shop):
        pass
