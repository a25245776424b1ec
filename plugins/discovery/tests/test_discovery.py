"""Pairs come from orders, each piece can be switched off, and what a browser has seen is known to it alone."""

from datetime import UTC, datetime, timedelta

import pytest

from marketry.commerce.events import OrderLineFact, OrderPlaced
from marketry.jobs.running import run_pending
from marketry.testing.clients import client_of
from marketry.web.values import SYSTEM
from marketry_catalog.importing.run import import_catalogue
from marketry_discovery.models import Bought
from marketry_discovery.pairing import count_pairs
from marketry_discovery.plugin import plugin

CATEGORIES = "handle,parent,position,name_en,name_zh\nkitchen,,1,Kitchen,厨房\nlight,,2,Light,灯\n"
PRODUCTS = """\
handle,categories,title_en,title_zh,tags,related,published
bowl,kitchen,Rice Bowl,饭碗,stoneware table,,true
plate,kitchen,Rim Plate,宽边盘,stoneware table,bowl,true
mug,kitchen,Hearth Mug,炉边马克杯,stoneware,,true
lamp,light,Cap Lamp,小帽灯,brass,,true
secret,kitchen,Secret,秘密,stoneware table,,false
"""
VARIANTS = "product,sku,price_usd,price_eur,stock_main\n" + "".join(
    f"{name},{name.upper()},{price},{price},{stock}\n"
    for name, price, stock in (("bowl", 1800, 5), ("plate", 2000, 5), ("mug", 2800, 0), ("lamp", 9000, 2), ("secret", 100, 9))
)


class Clock:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def shop_with(make_site, tmp_path, clock):
    def make(settings=""):
        runtime = make_site("catalog", "orders", "discovery", more=f"[settings.discovery]\n{settings}", clock=clock)
        folder = tmp_path / "goods"
        folder.mkdir()
        (folder / "categories.csv").write_text(
            "handle,parent,position,name_en,name_zh\nkitchen,,1,Kitchen,厨房\nlight,,2,Light,灯\n"
        )
        (folder / "products.csv").write_text(PRODUCTS)
        (folder / "variants.csv").write_text(VARIANTS)
        assert import_catalogue(runtime.context(actor=SYSTEM), folder).errors == []
        return runtime

    return make


def order(runtime, number, *skus):
    ctx = runtime.context(actor=SYSTEM, channel="import")
    lines = tuple(OrderLineFact(line=sku, sku=sku, quantity=1, unit_price=1, total=1, tax=0) for sku in skus)
    sums = dict.fromkeys(("subtotal", "discount", "shipping", "fees", "tax", "total"), 0)
    with ctx.writing():
        ctx.publish(
            OrderPlaced(
                at=ctx.now(), number=number, currency="USD", country="US", channel="web", locale="en", lines=lines, **sums
            )
        )
    run_pending(runtime)


def part(page, name):
    """The row `name` of a page, empty where it isn't drawn."""
    return page.partition(f'id="discovery-{name}"')[2].partition("</section>")[0]


def test_what_two_orders_hold_together_is_shown_with_each_of_them(database, shop_with):
    runtime = shop_with()
    order(runtime, "A", "BOWL", "LAMP")
    count_pairs(runtime.context(actor=SYSTEM))
    assert part(client_of(runtime).get("/products/bowl").text, "together") == ""
    order(runtime, "B", "LAMP", "BOWL", "MUG")
    order(runtime, "B", "LAMP", "BOWL", "MUG")
    order(runtime, "C", "MUG", "BOWL")
    count_pairs(runtime.context(actor=SYSTEM))
    shown = part(client_of(runtime).get("/products/bowl").text, "together")
    assert ("Cap Lamp" in shown, "Hearth Mug" in shown, "Rim Plate" in shown) == (True, False, False)  # the mug is sold out
    assert "Rice Bowl" in part(client_of(runtime).get("/products/lamp").text, "together")


def test_the_first_order_of_an_hour_has_the_pairs_counted_soon_after(shop_with, clock):
    runtime = shop_with("together_orders = 1")
    order(runtime, "A", "BOWL", "LAMP")
    clock.now += timedelta(seconds=31)
    run_pending(runtime)
    assert "Cap Lamp" in part(client_of(runtime).get("/products/bowl").text, "together")


def test_the_cart_shows_what_goes_with_it_and_not_what_it_holds(shop_with):
    runtime = shop_with("together_orders = 1")
    order(runtime, "A", "BOWL", "LAMP", "PLATE")
    count_pairs(runtime.context(actor=SYSTEM))
    client = client_of(runtime)
    for sku in ("BOWL", "PLATE"):
        client.post("/cart/lines", data={"sku": sku, "quantity": "1"})
    shown = part(client.get("/cart").text, "together")
    assert ("Cap Lamp" in shown, "Rice Bowl" in shown, "Rim Plate" in shown) == (True, False, False)


def test_orders_older_than_the_setting_says_are_forgotten(database, shop_with, clock):
    runtime = shop_with("together_days = 30\ntogether_orders = 1")
    order(runtime, "A", "BOWL", "LAMP")
    clock.now += timedelta(days=31)
    count_pairs(runtime.context(actor=SYSTEM))
    assert part(client_of(runtime).get("/products/bowl").text, "together") == ""
    with runtime.context().reading() as session:
        assert session.query(Bought).count() == 0


def test_products_without_related_ones_show_those_of_their_category_with_most_tags_in_common(database, shop_with):
    client = client_of(shop_with())
    shown = part(client.get("/products/bowl").text, "alike")
    assert shown.index("Rim Plate") < shown.index("Hearth Mug")
    assert ("Cap Lamp" in shown, "Secret" in shown, "Rice Bowl" in shown) == (False, False, False)
    assert part(client.get("/products/plate").text, "alike") == ""  # it names its own


def test_what_was_seen_is_drawn_for_whoever_asks_in_the_order_asked_and_kept_by_nobody(shop_with):
    client = client_of(shop_with("seen_count = 2"))
    page = client.get("/products/bowl")
    assert '<div class="discovery-seen" data-seen="bowl" data-src="/recently-seen" hidden></div>' in page.text
    assert page.headers["cache-control"].startswith("public")
    shown = client.get("/recently-seen?product=lamp&product=secret&product=lamp&product=mug&product=bowl")
    assert shown.text.index("Cap Lamp") < shown.text.index("Hearth Mug")
    assert ("Secret" in shown.text, "Rice Bowl" in shown.text) == (False, False)
    assert "set-cookie" not in shown.headers
    assert client.get("/zh/recently-seen?product=bowl").text.count("最近浏览") == 1
    assert client.get("/recently-seen").text.strip() == ""
    assert client.get("/recently-seen?" + "&".join(f"product=p{n}" for n in range(13))).status_code == 422


def test_a_product_is_shared_by_mail_without_script(shop_with):
    page = client_of(shop_with()).get("/products/bowl").text
    assert 'href="mailto:?subject=Rice%20Bowl&amp;body=http%3A//testserver/products/bowl"' in page


@pytest.mark.parametrize(
    ("setting", "gone"),
    [("together", 'id="discovery-together"'), ("alike", 'id="discovery-alike"'), ("seen", "data-seen"), ("share", "data-share")],
)
def test_each_piece_can_be_switched_off_by_itself(shop_with, setting, gone):
    runtime = shop_with(f"together_orders = {1}\n{setting} = false")
    order(runtime, "A", "BOWL", "LAMP")
    count_pairs(runtime.context(actor=SYSTEM))
    page = client_of(runtime).get("/products/bowl").text
    every = {'id="discovery-together"', 'id="discovery-alike"', "data-seen", "data-share"}
    assert {piece for piece in every if piece in page} == every - {gone}
    assert client_of(runtime).get("/recently-seen?product=bowl").status_code == (404 if setting == "seen" else 200)


def test_every_setting_has_words_in_chinese(shop_with):
    ctx = shop_with().context(locale="zh")
    texts = [plugin.title, plugin.summary]
    texts += [text for field in plugin.settings.model_fields.values() for text in (field.title, field.description) if text]
    assert [text for text in texts if ctx.gettext(text) == text] == []
