"""The shop's pages and JSON: what is shown, to whom, where it moved, and what wrong input gets."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from plugins.catalog.tests.shelves import context, filled, load
from sqlalchemy import event

from marketry import Plugin
from marketry.commerce.items import Demand
from marketry.hookspecs import goods
from marketry.testing.clients import client_of
from marketry.testing.inline import inline_plugin
from marketry_catalog.search.indexing import index_marked


@pytest.fixture
def shop(database, make_site, tmp_path):
    runtime = filled(make_site, tmp_path)
    index_marked(context(runtime))
    return runtime


@pytest.fixture
def buyer(shop):
    return client_of(shop, follow_redirects=False)


def titles(html):
    """Of what was found: what a search in vain offers instead comes after it."""
    return re.findall(r'product-card__title"><a [^>]*>([^<]+)', html.partition("listing__help")[0])


def test_a_category_lists_what_is_in_it_and_below_it(buyer):
    assert titles(buyer.get("/categories/kitchen").text) == ["Rice Bowl", "Hearth Mug"]
    assert titles(buyer.get("/categories/kitchen/cups").text) == ["Hearth Mug"]
    assert titles(buyer.get("/zh/categories/kitchen").text) == ["饭碗", "炉边马克杯"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", ["Rice Bowl", "Hearth Mug"]),
        ("price", ["Rice Bowl", "Hearth Mug"]),
        ("-price", ["Hearth Mug", "Rice Bowl"]),
        ("newest", ["Hearth Mug", "Rice Bowl"]),
    ],
)
def test_a_list_is_sorted_as_asked(buyer, sort, expected):
    assert titles(buyer.get(f"/categories/kitchen?sort={sort}").text) == expected


def test_what_cannot_be_bought_is_left_out_where_asked(shop, buyer, tmp_path):
    load(shop, tmp_path / "more", variants="product,sku,stock_main,stock_studio\nbowl,BOWL,0,0\n")
    assert titles(buyer.get("/categories/kitchen?available=true").text) == ["Hearth Mug"]
    page = buyer.get("/categories/kitchen").text
    assert titles(page) == ["Rice Bowl", "Hearth Mug"]
    assert "Sold out" in page


@pytest.mark.parametrize("sort", ["", "newest", "price", "-price"])
def test_pages_follow_each_other_without_gap_or_repetition(shop, tmp_path, sort):
    lines = "\n".join(f"p{i:02},kitchen,Product {i:02},true" for i in range(11))
    prices = "\n".join(f"p{i:02},SKU{i:02},{100 + i % 3},1" for i in range(11))
    load(
        shop,
        tmp_path / "more",
        products=f"handle,categories,title_en,published\n{lines}\n",
        variants=f"product,sku,price_usd,stock_main\n{prices}\n",
    )
    # Four to a page, as staff would set it.
    from marketry_catalog.queries.listing import Listing, page_of

    ctx = context(shop)
    with ctx.reading():
        whole = [c.handle for c in page_of(ctx, Listing(order=sort), None, 50).items]
        forth, cursor = [], None
        while True:
            page = page_of(ctx, Listing(order=sort), cursor, 4)
            forth += [c.handle for c in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        back = [c.handle for c in page_of(ctx, Listing(order=sort), page.previous_cursor, 4).items]
    assert len(whole) == 13
    assert forth == whole
    assert back == whole[8:12]


def test_a_product_page_shows_the_variant_asked_for(buyer):
    page = buyer.get("/products/mug?variant=MUG-OAT").text
    assert "$28.00" in page
    assert "$30.00" in page
    assert re.search(r'value="oat" checked', page)
    sold_out = buyer.get("/products/mug?variant=MUG-INK").text
    assert "product__stock--out" in sold_out


def test_what_is_given_away_shows_its_price_and_can_be_taken(shop, buyer, tmp_path):
    load(shop, tmp_path / "gift", variants="product,sku,price_usd\nbowl,BOWL,0\n")
    assert re.search(
        r'href="/products/bowl">Rice Bowl</a></h3>\s*<p class="product-card__price">', buyer.get("/categories/kitchen").text
    )
    page = buyer.get("/products/bowl").text
    assert "$0.00" in page
    assert '"price":"0.00"' in page


def test_options_without_javascript_lead_to_the_variants_own_address(buyer):
    answer = buyer.get("/products/mug?option-colour=ink")
    assert (answer.status_code, answer.headers["location"]) == (303, "/products/mug?variant=MUG-INK")


def test_options_with_htmx_answer_with_the_product_alone(buyer):
    answer = buyer.get("/products/mug?option-colour=ink", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<article class="product"')
    assert answer.headers["hx-push-url"] == "/products/mug?variant=MUG-INK"


def test_without_orders_nothing_speaks_of_a_cart(buyer):
    assert "cart" not in buyer.get("/products/mug").text.lower()


@pytest.mark.parametrize("path", ["/products/secret", "/products/nosuch", "/categories/nosuch", "/api/v1/products/secret"])
def test_what_is_not_shown_is_not_there(buyer, path):
    assert buyer.get(path).status_code == 404


def test_a_product_is_shown_within_its_window_only(database, make_site, tmp_path):
    now = [datetime(2026, 5, 1, tzinfo=UTC)]
    runtime = filled(make_site, tmp_path, clock=lambda: now[0])
    load(runtime, tmp_path / "more", products="handle,publish_at,publish_until\nbowl,2026-05-02T00:00,2026-05-03T00:00+00:00\n")
    buyer = client_of(runtime)
    seen = []
    for _ in range(3):
        seen.append((buyer.get("/products/bowl").status_code, "Rice Bowl" in titles(buyer.get("/categories/kitchen").text)))
        now[0] += timedelta(days=1)
    assert seen == [(404, False), (200, True), (404, False)]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/categories/kitchen?sort=weird", "sort"),
        ("/categories/kitchen?cursor=%21", "cursor"),
        ("/api/v1/products?filter=x:y", "filter"),
        ("/search?q=mug&cursor=W10", "cursor"),
        ("/api/v1/products?limit=0", "limit"),
        ("/api/v1/products?limit=1e3", "limit"),
        ("/api/v1/products?cursor=zzz", "cursor"),
    ],
)
def test_wrong_parameters_are_refused_by_name(buyer, path, field):
    answer = buyer.get(path, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    if path.startswith("/api"):
        assert answer.json()["field"] == field


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/search?q=mug", ["Hearth Mug"]),
        ("/search?q=MUGS", ["Hearth Mug"]),
        ("/search?q=hear", ["Hearth Mug"]),
        ("/search?q=MUG-INK", ["Hearth Mug"]),
        ("/search?q=hearth cup", ["Hearth Mug"]),
        ("/search?q=hearth zebra", ["Hearth Mug"]),
        ("/search?q=%22'):*%26!", []),
        ("/zh/search?q=马克杯", ["炉边马克杯"]),
        ("/zh/search?q=杯", ["炉边马克杯"]),
        ("/zh/search?q=克马", []),
        ("/search?q=secret", []),
    ],
)
def test_search_finds_words_in_both_languages(buyer, path, expected):
    assert titles(buyer.get(path).text) == expected


def test_a_changed_product_is_found_by_its_new_words_only(shop, buyer, tmp_path):
    load(shop, tmp_path / "more", products="handle,title_en,summary_en\nbowl,Soup Tureen,Big.\n")
    index_marked(context(shop))
    assert titles(buyer.get("/search?q=tureen").text) == ["Soup Tureen"]
    assert titles(buyer.get("/search?q=rice").text) == []


def test_another_engine_takes_the_place_of_the_databases_own(make_site, tmp_path):
    class Fixed:
        def index(self, ctx, documents): ...
        def forget(self, ctx, handles): ...
        def search(self, ctx, question, *, limit):
            return [("bowl", 1.0)]

    extra = [inline_plugin(Plugin(id="finder", title="Finder"), catalog_search_engine=lambda: Fixed())]
    runtime = filled(make_site, tmp_path, "finder", extra=extra)
    assert titles(client_of(runtime).get("/search?q=whatever").text) == ["Rice Bowl"]


def test_products_as_json_have_the_fixed_shape(buyer):
    page = buyer.get("/api/v1/products?limit=1").json()
    assert set(page) >= {"items", "next_cursor", "facets", "total"}
    rest = buyer.get("/api/v1/products", params={"cursor": page["next_cursor"]}).json()
    assert [p["slug"] for p in page["items"] + rest["items"]] == ["bowl", "mug"]
    assert rest["next_cursor"] is None
    mug = rest["items"][0]
    assert [(v["sku"], v["price"], v["compare_at"], v["available"], v["options"]) for v in mug["variants"]] == [
        ("MUG-OAT", {"minor": 2800, "currency": "USD"}, {"minor": 3000, "currency": "USD"}, 12, {"Colour": "Oat"}),
        ("MUG-INK", {"minor": 3200, "currency": "USD"}, None, 0, {"Colour": "Ink"}),
    ]


def test_products_as_json_can_be_searched_and_narrowed(buyer):
    assert [p["slug"] for p in buyer.get("/api/v1/products?q=mug").json()["items"]] == ["mug"]
    assert [p["slug"] for p in buyer.get("/api/v1/products?category=living").json()["items"]] == ["mug"]
    assert buyer.get("/api/v1/products?q=bowl&category=living").json()["items"] == []
    assert buyer.get("/api/v1/products?category=nosuch").status_code == 404


def test_what_is_not_tracked_has_no_number(shop, buyer, tmp_path):
    load(shop, tmp_path / "more", variants="product,sku,tracked\nbowl,BOWL,false\n")
    assert buyer.get("/api/v1/products/bowl").json()["variants"][0]["available"] is None


def test_attributes_are_shown_and_narrow_a_list(shop, buyer, tmp_path):
    load(
        shop,
        tmp_path / "more",
        attributes="code,kind,unit,filterable,name_en,choices_en\n"
        "capacity,number,ml,true,Capacity,\nglaze,choice,,true,Glaze,matt=Matt;gloss=Glossy\n",
        products="handle,attribute:capacity,attribute:glaze\nmug,350,matt\nbowl,500,gloss\n",
    )
    assert "350 ml" in buyer.get("/products/mug").text
    assert titles(buyer.get("/categories/kitchen?filter=glaze:gloss").text) == ["Rice Bowl"]
    assert titles(buyer.get("/categories/kitchen?filter=capacity:300..400").text) == ["Hearth Mug"]
    assert titles(buyer.get("/categories/kitchen?filter=capacity:300..400&filter=glaze:gloss").text) == []


def test_descriptions_are_markdown_without_raw_html(shop, buyer, tmp_path):
    text = "**Bold** <script>alert(1)</script> [x](javascript:alert(1))"
    load(shop, tmp_path / "more", products=f'handle,description_en\nbowl,"{text}"\n')
    page = buyer.get("/products/bowl").text
    assert "<strong>Bold</strong> &lt;script&gt;" in page
    assert 'href="javascript:' not in page


def test_items_carry_what_a_cart_needs(shop):
    ctx = shop.context(locale="zh", currency="EUR")
    with ctx.reading():
        found = {a.plugin: a.value for a in shop.hooks.each(goods.resolve_items, ctx, ["MUG-OAT", "SECRET", "NOSUCH"])}["catalog"]
    assert set(found) == {"MUG-OAT"}
    item = found["MUG-OAT"]
    assert (item.title, item.options, item.url, item.categories) == (
        "炉边马克杯",
        "燕麦",
        "/products/mug?variant=MUG-OAT",
        ("cups", "kitchen", "living"),
    )
    assert (item.price.minor, item.price.currency, item.compare_at, item.weight, item.available) == (2600, "EUR", None, 380, 12)
    assert item.demands == (Demand("MUG-OAT", 1),)


@pytest.mark.parametrize("path", ["/categories/kitchen", "/products/mug"])
def test_a_page_needs_four_queries_at_most(shop, buyer, path):
    buyer.get(path)
    statements = []
    listen = (shop.database.read_engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    event.listen(*listen)
    buyer.get(path)
    event.remove(*listen)
    assert len(statements) <= 4, "\n\n".join(statements)
