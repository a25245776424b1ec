"""The catalogue's and the content's pages: kept for all, and never older than a change of price, stock, text or time."""

import re
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from marketry import Context
from marketry.testing.clients import client_of
from marketry.web.values import SYSTEM
from marketry_catalog.editing.adjusting import AdjustmentForm, adjust_stock
from marketry_catalog.editing.products import ProductForm, change_product
from marketry_catalog.editing.variants import change_variants
from marketry_catalog.importing.run import import_catalogue

HEADS = {
    "categories": "handle,parent,position,name_en,name_zh",
    "products": "handle,categories,title_en,title_zh,summary_en,summary_zh,tax_class,published",
    "variants": "product,sku,price_usd,price_eur,weight_g,stock_main",
}
ROWS = {
    "categories": ["cups,,1,Cups,杯子", "bowls,,2,Bowls,碗"],
    "products": ["mug,cups,Mug,马克杯,A mug.,一只杯子。,standard,true", "bowl,bowls,Bowl,碗,A bowl.,一只碗。,standard,true"],
    "variants": ["mug,MUG,2500,2300,500,100", "bowl,BOWL,3000,,500,100"],
}


class Shop:
    """A booted shop, its client, and what staff do to it."""

    def __init__(self, runtime: Any, now: list[datetime]) -> None:
        self.runtime, self.now = runtime, now
        self.client = client_of(runtime)

    def write(self, work: Callable[[Context], object]) -> None:
        ctx = self.runtime.context(actor=SYSTEM)
        with ctx.writing():
            work(ctx)

    def price(self, amount: str) -> None:
        fields = {"price_USD": amount, "price_EUR": "23.00", "weight_g": "500", "tracked": "1", "active": "1"}
        self.write(lambda ctx: change_variants(ctx, "mug", {"MUG": fields}))

    def stock(self, change: int, sku: str = "MUG") -> None:
        form = AdjustmentForm(sku=sku, location="main", change=change, reason="counted")
        self.write(lambda ctx: adjust_stock(ctx, form))

    def text(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return str(answer.text)


@pytest.fixture
def start(make_site: Any, tmp_path: Path) -> Callable[..., Shop]:
    def begin(*plugins: str, **values: Any) -> Shop:
        now = [datetime.now(UTC)]
        runtime = make_site("catalog", *plugins, clock=lambda: now[0], currencies=["USD", "EUR"], **values)
        folder = tmp_path / "goods"
        folder.mkdir(exist_ok=True)
        for name, head in HEADS.items():
            (folder / f"{name}.csv").write_text("\r\n".join([head, *ROWS[name], ""]), "utf-8")
        report = import_catalogue(runtime.context(actor=SYSTEM), folder)
        assert not report.errors
        return Shop(runtime, now)

    return begin


def form(**values: Any) -> ProductForm:
    return ProductForm(**{"title": {"en": "Mug", "zh": "马克杯"}, "categories": ["cups"], "published": True, **values})


def test_a_price_is_new_on_every_page_once_it_is_saved(start: Any, database: str) -> None:
    shop = start()
    paths = ("/", "/products/mug", "/zh/products/mug", "/categories/cups", "/categories/cups?sort=price")
    for path in paths:
        shop.text(path)
    shop.price("99.00")
    for path in paths[1:]:
        assert "99.00" in shop.text(path), path
        assert "25.00" not in shop.text(path), path


def test_only_what_shows_the_product_is_drawn_again(start: Any) -> None:
    shop = start()
    for path in ("/products/mug", "/products/bowl", "/categories/cups", "/categories/bowls"):
        shop.text(path)
    pages = shop.runtime.pages.plain
    shop.price("99.00")
    shop.text("/products/mug")
    kept = [key.path for key, page in pages._pages.items() if shop.runtime.pages.is_current(page)]
    assert sorted(kept) == ["/categories/bowls", "/products/bowl", "/products/mug"]


def test_the_last_units_and_sold_out_show_at_once_on_the_product_and_in_lists(start: Any, database: str) -> None:
    shop = start()
    lists = ("/categories/cups", "/categories/cups?available=true")
    assert "In stock" in shop.text("/products/mug")
    for path in lists:
        assert "Mug" in shop.text(path)
    shop.stock(-98)
    assert "Only 2 left" in shop.text("/products/mug")
    shop.stock(-2)
    assert "Sold out" in shop.text("/products/mug")
    assert "Sold out" in shop.text(lists[0])
    assert 'href="/products/mug"' not in shop.text(lists[1])
    shop.stock(5)
    assert "Sold out" not in shop.text("/products/mug")
    assert "Sold out" not in shop.text(lists[0])
    assert 'href="/products/mug"' in shop.text(lists[1])


def test_texts_places_and_addresses_follow(start: Any, database: str) -> None:
    shop = start()
    for path in ("/products/mug", "/categories/cups", "/categories/bowls"):
        shop.text(path)
    shop.write(lambda ctx: change_product(ctx, "mug", form(title={"en": "Beaker"}, categories=["bowls"], slug={"en": "beaker"})))
    assert shop.client.get("/products/mug", follow_redirects=False).headers["location"].endswith("/products/beaker")
    assert "Beaker" in shop.text("/products/beaker")
    assert "/products/beaker" not in shop.text("/categories/cups")
    assert "/products/beaker" in shop.text("/categories/bowls")
    shop.write(lambda ctx: change_product(ctx, "mug", form(title={"en": "Beaker"}, published=False)))
    assert shop.client.get("/products/beaker").status_code == 404
    assert "/products/beaker" not in shop.text("/categories/bowls")


def test_a_product_appears_and_goes_by_its_schedule_on_kept_pages(start: Any, database: str) -> None:
    shop = start()
    soon, later = shop.now[0] + timedelta(hours=1), shop.now[0] + timedelta(hours=2)
    shop.write(lambda ctx: change_product(ctx, "mug", form(publish_at=soon, publish_until=later)))
    seen = []
    for minutes in (0, 59, 61, 119, 121):
        shop.now[0] = soon + timedelta(minutes=minutes - 60)
        time.sleep(1.1 if minutes in (61, 121) else 0)  # when the next one appears is looked up once a second
        seen.append("/products/mug" in shop.text("/categories/cups"))
    assert seen == [False, False, True, True, False]


def test_an_import_drops_what_it_changes(start: Any, tmp_path: Path, database: str) -> None:
    shop = start()
    shop.text("/products/mug")
    shop.text("/categories/cups")
    path = tmp_path / "goods" / "variants.csv"
    path.write_text(path.read_text("utf-8").replace("2500", "7700"), "utf-8")
    import_catalogue(shop.runtime.context(actor=SYSTEM), path)
    assert "77.00" in shop.text("/products/mug")
    assert "77.00" in shop.text("/categories/cups")


def test_readers_never_see_an_older_price_or_more_units_than_were_committed(start: Any, database: str) -> None:
    """Twenty readers, fifty requests each, while price and stock change."""
    shop = start()
    least, most, wrong, over = [25], [100], list[str](), threading.Event()
    shop.stock(-95)  # five left, so that the page says how many
    most[0] = 5
    shop.text("/products/mug")

    def read() -> None:
        for _ in range(50):
            price, units = least[0], most[0]
            text = shop.text("/products/mug")
            shown = int(re.findall(r"\$(\d+)\.00", text)[0])
            left = re.search(r"Only (\d) left", text)
            if shown < price or (left and int(left[1]) > units):
                wrong.append(f"{shown} < {price} or {left} > {units}")

    def change() -> None:
        for n in range(1, 5):
            shop.price(f"{25 + n}.00")
            least[0] = 25 + n
            shop.stock(-1)
            most[0] = 5 - n
            time.sleep(0.05)
        over.set()

    threads = [threading.Thread(target=read) for _ in range(20)] + [threading.Thread(target=change)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert over.is_set()
    assert wrong == []
    assert "Only 1 left" in shop.text("/products/mug")
    assert "29.00" in shop.text("/products/mug")


def test_what_has_no_price_in_the_chosen_currency_says_so(start: Any) -> None:
    shop = start("orders")
    assert "$30.00" in shop.text("/products/bowl")
    shop.client.post("/segment", data={"currency": "EUR"})
    assert "Not sold in EUR" in shop.text("/products/bowl")
    assert "$30.00" not in shop.text("/products/bowl")
    assert "€23.00" in shop.text("/products/mug")
    assert "暂不支持以 EUR 购买" in shop.text("/zh/products/bowl")


def test_the_open_cart_follows_into_the_chosen_currency(start: Any, database: str) -> None:
    shop = start("orders")
    for sku in ("MUG", "BOWL"):
        assert shop.client.post("/cart/lines", data={"sku": sku, "quantity": "2"}).status_code == 200
    assert "$110.00" in shop.text("/cart")
    shop.client.post("/segment", data={"currency": "EUR", "next": "/cart"})
    cart = shop.text("/cart")
    assert "€46.00" in cart
    assert "This has no price in EUR. Please remove it." in cart
    shop.client.post("/segment", data={"currency": "USD"})
    assert "$110.00" in shop.text("/cart")


def test_a_chosen_currency_without_a_cart_or_with_one_that_is_gone_is_chosen(start: Any) -> None:
    shop = start("orders")
    for cookies in ({}, {"cart": "nothing.at-all"}):
        shop.client.cookies.update(cookies)
        assert shop.client.post("/segment", data={"currency": "EUR"}, follow_redirects=False).status_code == 303
        assert "€23.00" in shop.text("/products/mug")


def test_amounts_that_were_split_in_one_currency_are_not_paid_in_another(start: Any) -> None:
    from marketry_orders.cart_queries import StoredCart
    from marketry_orders.following_segment import _in_terms_of

    shop = start("orders")
    now = shop.now[0]
    cart = StoredCart(
        "c", "", 1, "USD", "en", "web", None, None, None, None, None, {},
        [{"code": "gift", "amount": 500}, {"code": "bank"}], (), {}, None, None, None, now,
    )  # fmt: skip
    change = _in_terms_of("EUR", "DE")(shop.runtime.context(), cart)
    assert change.values == {"currency": "EUR", "country": "DE", "payments": [{"code": "bank"}]}
    same = _in_terms_of("USD", "DE")(shop.runtime.context(), cart)
    assert same.values == {"currency": "USD", "country": "DE"}


def test_a_saved_page_shows_at_once_in_itself_and_in_every_footer(start: Any, database: str) -> None:
    from marketry_pages.editing import create_entry
    from marketry_pages.forms import EntryForm

    shop = start("pages")
    shop.text("/products/mug")
    made = EntryForm(title={"en": "About us"}, body={"en": "Hello"}, placement="footer", published=True)
    shop.write(lambda ctx: create_entry(ctx, "page", made))
    assert "About us" in shop.text("/products/mug")
    assert "Hello" in shop.text("/pages/about-us")
