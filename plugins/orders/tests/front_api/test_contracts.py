"""What other plugins may do to a cart and its order: inputs, vetoes, holds, groups, rates, prices, tax."""

from datetime import date

import pytest
from plugins.orders.tests.front_shop import Buyer, Goods, make_shop
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text

from marketry import Money, Plugin, Problem
from marketry.commerce.cart import GroupId, LineId
from marketry.commerce.checkout import Hold, Input, Scope, Step
from marketry.commerce.coupons import CouponBook
from marketry.commerce.fold import PricingStep
from marketry.commerce.fulfilment import ShippingRate
from marketry.commerce.items import Demand
from marketry.commerce.quote import Adjustment, DeliveryGroup, Stage, TaxLine, TaxMode
from marketry.testing.clients import client_of
from marketry.testing.inline import inline_plugin


class Engraving(BaseModel):
    model_config = ConfigDict(extra="forbid")

    words: str = Field(min_length=1, max_length=20)


def shop_with(make_site, goods, **hooks):
    runtime = make_shop(make_site, goods, extra=[inline_plugin(Plugin("trial", "Trial"), **hooks)])
    return runtime, client_of(runtime)


@pytest.fixture
def goods():
    goods = Goods()
    goods.sell("MUG", 1000, units=10)
    goods.sell("BOWL", 3000, units=10)
    return goods


def rows(shop, statement):
    with shop.database.reading() as session:
        return [tuple(row) for row in session.execute(text(statement)).all()]


ENGRAVING = Input("engraving", Scope.LINE, Engraving, "Engraving")
SLOT = Input("gift", Scope.CART, Engraving, "Gift wrap", step=Step.DELIVERY, required=True)


def engraved(words):
    return {"inputs": {"trial": {"engraving": {"words": words}}}}


def test_different_inputs_make_different_lines_and_the_same_ones_merge(database, make_site, goods):
    shop, client = shop_with(make_site, goods, checkout_inputs=lambda: (ENGRAVING,))
    buyer = Buyer(client)
    for words in ("Ada", "Grace", "Ada", None):
        assert buyer.add("MUG", **(engraved(words) if words else {})).status_code == 201
    lines = [(line["quantity"], line["inputs"]) for line in buyer.show()["lines"]]
    assert lines == [
        (2, {"trial": {"engraving": {"words": "Ada"}}}), (1, {"trial": {"engraving": {"words": "Grace"}}}), (1, {}),
    ]  # fmt: skip
    second = buyer.show()["lines"][1]["id"]
    merged = buyer.call("PATCH", f"/lines/{second}", engraved("Ada"))
    assert [line["quantity"] for line in merged.json()["lines"]] == [3, 1]
    buyer.ready()
    buyer.complete()
    assert sorted("Ada" in str(data) for (data,) in rows(shop, "SELECT data FROM orders_line")) == [False, True]


@pytest.mark.parametrize(
    ("inputs", "field"),
    [
        ({"trial": {"engraving": {"words": ""}}}, "inputs/trial/engraving/words"),
        ({"trial": {"engraving": {"words": "x" * 21}}}, "inputs/trial/engraving/words"),
        ({"trial": {"engraving": {"words": "x", "font": "y"}}}, "inputs/trial/engraving/font"),
        ({"trial": {"polish": {"words": "x"}}}, "inputs/trial/polish"),
        ({"nobody": {"engraving": {"words": "x"}}}, "inputs/nobody/engraving"),
        ({"trial": "x"}, "inputs/trial"),
    ],
)
def test_a_wrong_input_is_refused_by_name_and_changes_nothing(make_site, goods, inputs, field):
    _, client = shop_with(make_site, goods, checkout_inputs=lambda: (ENGRAVING,))
    buyer = Buyer(client)
    refused = buyer.add("MUG", inputs=inputs)
    assert (refused.status_code, refused.json()["field"]) == (422, field)
    assert buyer.show()["lines"] == []


def test_a_required_input_is_a_requirement_until_it_is_answered_and_is_copied_to_the_order(database, make_site, goods):
    _, client = shop_with(make_site, goods, checkout_inputs=lambda: (SLOT,))
    buyer = Buyer(client).ready("MUG")
    missing = buyer.show()["requirements"]
    assert [(r["field"], r["step"], r["plugin"]) for r in missing] == [("inputs/trial/gift", "delivery", "trial")]
    assert buyer.complete().status_code == 422
    assert buyer.put("inputs/trial/gift", {"words": "Silk"}).json()["requirements"] == []
    order = buyer.complete().json()["order"]
    seen = client.get(f"/api/v1/orders/{order['number']}", headers={"X-Order-Token": order["token"]}).json()
    assert seen["inputs"] == {"trial": {"gift": {"words": "Silk"}}}


class Day(BaseModel):
    model_config = ConfigDict(extra="forbid")

    day: date
    pieces: int = 1


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ({"day": "2026-12-24"}, {"day": "2026-12-24", "pieces": 1}),
        ({"day": "soon"}, None),
        ({"day": "2026-12-24", "pieces": "2"}, None),
    ],
)
def test_a_day_comes_as_text_in_json_and_a_number_does_not(make_site, goods, answer, kept):
    asked = Input("day", Scope.CART, Day, "Delivery date", step=Step.DELIVERY)
    _, client = shop_with(make_site, goods, checkout_inputs=lambda: (asked,))
    buyer = Buyer(client)
    buyer.add("MUG")
    assert buyer.put("inputs/trial/day", answer).status_code == (200 if kept else 422)
    assert [one["value"] for one in buyer.show()["inputs"]] == [kept]


def test_a_veto_names_its_plugin_and_nothing_is_placed(database, make_site, goods):
    veto = Problem("too_young", "Not sold to minors.")
    shop, client = shop_with(make_site, goods, validate_checkout=lambda ctx, quote: [veto])
    refused = Buyer(client).ready("MUG").complete()
    assert (refused.status_code, refused.json()["code"], refused.json()["plugin"]) == (422, "too_young", "trial")
    assert goods.left(shop, "MUG") == 10


def test_what_validate_cart_says_is_shown_in_the_cart_and_refuses_at_placing(make_site, goods):
    small = Problem("order_too_small", "Orders start at $20.")
    _, client = shop_with(make_site, goods, validate_cart=lambda ctx, quote: [small] if quote.total.minor < 2000 else [])
    buyer = Buyer(client).ready("MUG")
    assert [(r["code"], r["plugin"]) for r in buyer.show()["requirements"]] == [("order_too_small", "trial")]
    assert buyer.complete().json()["code"] == "order_too_small"
    buyer.add("MUG")
    assert buyer.complete().status_code == 201


def test_a_hook_that_raises_while_committing_leaves_nothing_behind(database, make_site, goods):
    def broken(ctx, draft):
        ctx.session.execute(text("UPDATE trial_shelf SET left_units = 0"))
        raise RuntimeError("a bug")

    shop, client = shop_with(make_site, goods, order_committing=broken)
    buyer = Buyer(client).ready("MUG")
    refused = buyer.complete()
    assert (refused.status_code, refused.json()["plugin"]) == (500, "trial")
    assert rows(shop, "SELECT count(*) FROM orders_order") == [(0,)]
    assert goods.left(shop, "MUG") == 10


def test_holds_are_placed_with_the_order_and_named_after_their_plugin(database, make_site, goods):
    hold = Hold("fraud", "Please look at this order", frozenset({"fulfil"}))
    shop, client = shop_with(make_site, goods, order_committing=lambda ctx, draft: [hold])
    assert Buyer(client).ready("MUG").complete().status_code == 201
    assert rows(shop, "SELECT code, plugin FROM orders_hold") == [("fraud", "trial")]


def test_each_group_has_its_own_rates_method_and_price(database, make_site, goods):
    def groups(ctx, quote):
        return [DeliveryGroup(GroupId(f"g-{q.line.item.sku}"), (q.id,), label=q.line.item.title) for q in quote.lines]

    def rates(ctx, quote, group):
        return [
            ShippingRate("post", "Post", Money(300, quote.currency), group.id),
            ShippingRate("bike", "Bike", Money(900, quote.currency), group.id),
        ]

    shop, client = shop_with(make_site, goods, delivery_groups=groups, shipping_rates=rates)
    buyer = Buyer(client).ready("MUG", "BOWL")
    offered = buyer.call("GET", "/shipping-methods").json()
    assert [(m["group"], m["code"], m["price"]["minor"]) for m in offered] == [
        ("g-MUG", "post", 300), ("g-MUG", "bike", 900), ("g-BOWL", "post", 300), ("g-BOWL", "bike", 900),
    ]  # fmt: skip
    assert [r["code"] for r in buyer.show()["requirements"]] == ["shipping_method", "shipping_method"]
    assert buyer.put("shipping-method", {"code": "post"}).json()["totals"]["shipping"]["minor"] == 600
    cart = buyer.put("shipping-method", {"code": "bike", "group": "g-BOWL"}).json()
    assert [(g["method"], g["price"]["minor"]) for g in cart["groups"]] == [("post", 300), ("bike", 900)]
    for wrong, field in (({"code": "rocket"}, "code"), ({"code": "post", "group": "g-NONE"}, "group")):
        refused = buyer.put("shipping-method", wrong)
        assert (refused.status_code, refused.json()["field"]) == (422, field)
    assert buyer.complete().json()["order"]["total"]["minor"] == 5200
    assert rows(shop, "SELECT key, method, plugin, amount FROM orders_group ORDER BY id") == [
        ("g-MUG", "post", "trial", 300), ("g-BOWL", "bike", "trial", 900),
    ]  # fmt: skip


def test_every_total_is_explained_and_the_order_keeps_the_reasons(database, make_site, goods):
    def ten_percent(quote, facts):
        yield Adjustment("spring", "Spring sale", -Money(quote.subtotal.minor // 10, quote.currency), Stage.ORDER)

    def taxed(ctx, quote):
        amount = Money(sum(quote.line_total(q.id).minor for q in quote.lines) // 5, quote.currency)
        return [TaxLine("VAT", 2000, amount, TaxMode.ADDED, "trial", line=quote.lines[0].id)]

    shop, client = shop_with(
        make_site, goods, pricing_steps=lambda: (PricingStep("spring", Stage.ORDER, ten_percent),), tax_lines=taxed
    )
    buyer = Buyer(client).ready("MUG", "BOWL")
    totals = {name: value["minor"] for name, value in buyer.show()["totals"].items() if isinstance(value, dict)}
    assert totals == {
        "subtotal": 4000, "discount": -400, "shipping": 0, "fees": 0, "tax": 720, "tax_added": 720, "total": 4320,
    }  # fmt: skip
    assert buyer.complete().json()["order"]["total"]["minor"] == 4320
    assert rows(shop, "SELECT label, amount, plugin, rule FROM orders_adjustment ORDER BY position") == [
        ("Spring sale", -100, "trial", "spring"), ("Spring sale", -300, "trial", "spring"),
    ]  # fmt: skip
    assert rows(shop, "SELECT name, rate, amount, mode FROM orders_tax_line") == [("VAT", 2000, 720, "added")]


def test_tax_is_an_estimate_until_the_address_is_known(make_site, goods):
    _, client = shop_with(make_site, goods, tax_lines=lambda ctx, quote: [])
    buyer = Buyer(client)
    assert buyer.add("MUG").json()["totals"]["estimated"] is True
    assert buyer.ready().show()["totals"]["estimated"] is False


def test_a_price_made_by_a_plugin_wins_over_the_items_own(make_site, goods):
    def negotiated(ctx, lines):
        return {LineId(line.id): Money(700, ctx.currency) for line in lines if line.item.sku == "MUG"}

    _, client = shop_with(make_site, goods, base_prices=negotiated)
    buyer = Buyer(client)
    buyer.add("MUG", 2)
    assert buyer.add("BOWL").json()["totals"]["subtotal"]["minor"] == 4400


def test_an_item_without_a_price_cannot_be_added(make_site, goods):
    goods.sell("ART", None)
    _, client = shop_with(make_site, goods)
    buyer = Buyer(client)
    refused = buyer.add("ART")
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (422, "no_price", "sku")
    assert buyer.show()["lines"] == []


def test_what_is_no_longer_sold_stands_in_the_cart_with_its_reason_and_forbids_placing(make_site, goods):
    _, client = shop_with(make_site, goods)
    buyer = Buyer(client).ready("MUG", "BOWL")
    del goods.items["BOWL"]
    cart = buyer.show()
    assert [(line["sku"], (line["problem"] or {}).get("code")) for line in cart["lines"]] == [("MUG", None), ("BOWL", "not_sold")]
    assert cart["totals"]["total"]["minor"] == 1000
    assert buyer.complete().status_code == 422
    gone = next(line["id"] for line in cart["lines"] if line["sku"] == "BOWL")
    assert buyer.call("DELETE", f"/lines/{gone}").json()["requirements"] == []


def test_a_bundle_takes_all_its_parts_from_stock(database, make_site, goods):
    goods.sell("SET", 3500, demands=(Demand("MUG", 2), Demand("BOWL", 1)))
    shop, client = shop_with(make_site, goods)
    buyer = Buyer(client)
    buyer.add("SET", 3)
    buyer.ready("MUG")
    assert buyer.complete().status_code == 201
    assert (goods.left(shop, "MUG"), goods.left(shop, "BOWL")) == (3, 7)
    assert sorted(rows(shop, "SELECT stock_key, quantity FROM orders_allocation")) == [("BOWL", 3), ("MUG", 1), ("MUG", 6)]


def test_a_code_is_only_taken_where_a_plugin_knows_codes(make_site, goods):
    _, client = shop_with(make_site, goods)
    refused = Buyer(client).put("coupon", {"code": "SPRING"})
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (422, "coupon_unknown", "code")


def test_a_coupon_book_says_which_codes_it_takes(make_site, goods):
    class Book:
        def check(self, ctx, cart, code):
            return None if code == "SPRING" else Problem("coupon_unknown", "No such code.")

    _, client = shop_with(make_site, goods, services=lambda: {CouponBook: Book()})
    buyer = Buyer(client)
    assert buyer.put("coupon", {"code": "AUTUMN"}).status_code == 422
    assert buyer.put("coupon", {"code": "SPRING"}).json()["coupons"] == ["SPRING"]
    assert buyer.put("coupon", {"code": None}).json()["coupons"] == []


def test_without_any_provider_the_cart_says_so(make_site, goods):
    runtime = make_site("orders", extra=[goods.plugin()])
    goods.fill_shelf(runtime)
    buyer = Buyer(client_of(runtime)).ready("MUG", payment="")
    assert [r["code"] for r in buyer.show()["requirements"]] == ["no_payment_provider"]
    assert "can't take payments yet" in buyer.complete().json()["detail"]
