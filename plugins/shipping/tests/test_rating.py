"""Rates of a group, out of the database: by address, weight, value, currency and language."""

from datetime import UTC, datetime

import pytest

from marketry.commerce.addresses import Address
from marketry.commerce.cart import Cart, CartLine, GroupId, LineId
from marketry.commerce.fulfilment import ShippingRate
from marketry.commerce.items import Item
from marketry.commerce.money import Money
from marketry.commerce.quote import DeliveryGroup, Quote, QuoteLine
from marketry.hookspecs.checkout import validate_checkout
from marketry.hookspecs.fulfilment import shipping_rates
from marketry.plugins.manifest import Plugin
from marketry.testing import inline_plugin
from marketry.web.values import SYSTEM
from marketry_shipping.api import ensure_default_zones


def quoted(*lines, currency="USD", country=None, address=None, groups=(("main", (0,)),)):
    """`lines` are (price in minor units, grams, quantity); `groups` (id, places of lines)."""
    made = [
        QuoteLine(CartLine(LineId(f"l{i}"), Item(f"S{i}", "Thing", weight=weight), quantity), Money(price, currency))
        for i, (price, weight, quantity) in enumerate(lines)
    ]
    cart = Cart("c", currency, "en", tuple(q.line for q in made), country=country, shipping_address=address)
    split = tuple(DeliveryGroup(GroupId(name), tuple(LineId(f"l{i}") for i in places)) for name, places in groups)
    return Quote(cart, tuple(made), split)


def address(country, region="", postal_code=""):
    return Address("Ada", "1 Street", "City", country, region=region, postal_code=postal_code)


def rates(ctx, quote, group=0):
    with ctx.reading():
        answers = ctx.hooks.each(shipping_rates, ctx, quote, quote.groups[group])
        return [rate for answer in answers for rate in answer.value]


@pytest.fixture
def site(make_site, database):
    runtime = make_site("shipping", currencies=["USD", "EUR", "CNY"])
    ctx = runtime.context(actor=SYSTEM)
    with ctx.writing():
        assert ensure_default_zones(ctx) is True
        assert ensure_default_zones(ctx) is False
    return runtime


def test_the_default_zones_price_home_and_abroad(site):
    ctx = site.context()
    home = rates(ctx, quoted((3000, 800, 2), address=address("US")))
    assert home == [
        ShippingRate("standard", "Standard delivery", Money(590, "USD"), GroupId("main"), "2–4 working days"),
        ShippingRate("express", "Express delivery", Money(1490, "USD"), GroupId("main"), "next working day"),
    ]
    abroad = rates(ctx, quoted((3000, 800, 2), address=address("DE")))
    assert [(r.code, r.price) for r in abroad] == [("standard", Money(1990, "USD"))]


def test_before_an_address_is_known_the_country_of_the_cart_or_of_the_visitor_counts(site):
    goods = (3000, 800, 1)
    assert [r.code for r in rates(site.context(), quoted(goods))] == ["standard", "express"]
    assert [r.label for r in rates(site.context(), quoted(goods, country="FR"))] == ["International delivery"]
    assert [r.label for r in rates(site.context(country="CN"), quoted(goods))] == ["International delivery"]


@pytest.mark.parametrize(
    ("lines", "price"),
    [
        ([(100, 2000, 1)], 590),
        ([(100, 2001, 1)], 990),
        ([(100, 1001, 2)], 990),
        ([(8999, 10, 1)], 590),
        ([(4500, 10, 2)], 0),
        ([(100, 30_001, 1)], None),
    ],
)
def test_weight_and_subtotal_choose_the_band(site, lines, price):
    found = {r.code: r.price.minor for r in rates(site.context(), quoted(*lines))}
    assert found.get("standard") == price


def test_several_groups_are_priced_each_by_what_is_in_it(site):
    quote = quoted((9500, 100, 1), (500, 5000, 1), groups=(("north", (0,)), ("south", (1,))))
    ctx = site.context()
    priced = [[(r.group, r.code, r.price.minor) for r in rates(ctx, quote, g)] for g in (0, 1)]
    assert priced == [
        [("north", "standard", 0), ("north", "express", 1490)],
        [("south", "standard", 990), ("south", "express", 2490)],
    ]


def test_prices_are_in_the_carts_currency_and_texts_in_the_visitors_language(site):
    found = rates(site.context(locale="zh"), quoted((3000, 100, 1), currency="CNY"))
    assert [(r.label, r.price, r.estimate) for r in found] == [
        ("标准配送", Money(1200, "CNY"), "2–4 个工作日"), ("特快配送", Money(2800, "CNY"), "次个工作日送达"),
    ]  # fmt: skip
    assert rates(site.context(), quoted((3000, 100, 1), currency="JPY")) == []


def problems(ctx, quote):
    with ctx.reading():
        return [p for answer in ctx.hooks.each(validate_checkout, ctx, quote) for p in answer.value]


def test_an_address_that_nobody_serves_is_refused_at_checkout(site):
    ctx = site.context(actor=SYSTEM)
    with ctx.writing() as session:
        from sqlalchemy import delete

        from marketry_shipping.models import Zone

        session.execute(delete(Zone).where(Zone.code == "world"))
    abroad = quoted((3000, 100, 1), address=address("DE"))
    assert [(p.code, p.field) for p in problems(ctx, abroad)] == [("address_not_served", "shipping-address")]
    assert problems(ctx, quoted((3000, 100, 1), address=address("US"))) == []


def test_an_address_that_another_plugin_serves_is_not_refused(make_site, database):
    def other(ctx, quote, group):
        return [ShippingRate("pigeon", "Pigeon", Money(1, "USD"), group.id)]

    pigeon = inline_plugin(Plugin(id="pigeon", title="Pigeon"), shipping_rates=other)
    runtime = make_site("shipping", extra=[pigeon])
    quote = quoted((3000, 100, 1), address=address("DE"))
    assert [r.code for r in rates(runtime.context(), quote)] == ["pigeon"]
    assert problems(runtime.context(), quote) == []


def test_a_stopped_method_is_not_offered(site):
    from marketry_shipping.editing import find_method, find_zone

    ctx = site.context(actor=SYSTEM)
    with ctx.writing():
        find_method(ctx, find_zone(ctx, "domestic"), "express").active = False
    assert [r.code for r in rates(ctx, quoted((3000, 100, 1)))] == ["standard"]


def test_carriers_know_the_page_of_a_parcel(make_site):
    runtime = make_site(
        "shipping", migrate=False, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC),
        more='[settings.shipping]\ntracking_page = "https://couriers.example/follow?n={number}"',
    )  # fmt: skip
    from marketry.hookspecs.fulfilment import carriers

    by_code, ctx = {c.code: c for c in runtime.collected(carriers)}, runtime.context()
    assert by_code["ups"].tracking_url(ctx, " 1Z 999 AA1 ") == "https://www.ups.com/track?loc=en_US&tracknum=1Z999AA1"
    assert by_code["royal-mail"].tracking_url(ctx, "AB&1") == (
        "https://www.royalmail.com/track-your-item#/tracking-results/AB%261"
    )
    assert by_code["sf-express"].tracking_url(ctx, "SF1") == "https://www.sf-express.com/we/ow/chn/en/waybill/waybill-detail/SF1"
    assert by_code["own"].tracking_url(ctx, "A/7") == "https://couriers.example/follow?n=A%2F7"
    assert by_code["dhl"].tracking_url(ctx, "  ") is None
