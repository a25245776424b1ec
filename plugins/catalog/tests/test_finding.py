"""What searching finds: ranking, facets and their counts, corrections, synonyms, suggestions; nothing typed can break it."""

import re

import pytest
from plugins.catalog.tests.shelves import context, load
from sqlalchemy import select, update

from marketry.commerce.events import OrderLineFact, OrderPlaced
from marketry.testing.clients import client_of
from marketry_catalog.editing.synonyms import SynonymForm, add_synonym
from marketry_catalog.models.products import product
from marketry_catalog.models.stock import stock_level
from marketry_catalog.overview import keeping
from marketry_catalog.search.indexing import index_marked
from marketry_catalog.search.insights import popular, write_noted
from marketry_catalog.stock.popularity import count_sold

FILES = {
    "attributes": """\
code,kind,unit,filterable,name_en,name_zh,choices_en,choices_zh
glaze,choice,,true,Glaze,釉面,matt=Matt;gloss=Glossy,matt=哑光;gloss=亮光
height,number,cm,true,Height,高度,,
""",
    "categories": """\
handle,parent,position,name_en,name_zh
kitchen,,1,Kitchen,厨房
cups,kitchen,1,Cups,杯子
bowls,kitchen,2,Bowls,碗
living,,2,Living,起居
""",
    "products": """\
handle,categories,title_en,title_zh,summary_en,summary_zh,tags,published,attribute:glaze,attribute:height
mug,cups,Hearth Mug,炉边马克杯,A mug for tea.,喝茶的马克杯。,gift,true,matt,9
cup,cups,Tea Cup,茶杯,Small; not a mug.,小茶杯。,,true,gloss,6
bowl,bowls,Rice Bowl,饭碗,A bowl.,一只碗。,,true,matt,7
vase,living,Tall Vase,高花瓶,For a branch; 30cm.,插一枝花，30厘米。,,true,gloss,30
café,living,Café Tray,咖啡托盘,Carries every mug.,端杯子的托盘。,,true,matt,2
secret,living,Secret Mug,秘密马克杯,Not yet.,还没有。,,false,matt,9
""".replace("café,", "tray,"),
    "variants": """\
product,sku,option1_name_en,option1_name_zh,option1_value_en,option1_value_zh,price_usd,price_eur,compare_at_usd,stock_main
mug,MUG-OAT,Colour,颜色,Oat,燕麦,2800,2600,3000,10
mug,MUG-INK,Colour,颜色,Ink,墨蓝,3200,2900,,0
cup,CUP-INK,Colour,颜色,Ink,墨蓝,1200,1100,,3
bowl,BOWL-1,Colour,颜色,Oat,燕麦,1800,1700,,5
vase,VASE-30,,,,,9000,8200,,0
tray,TRAY,,,,,4500,4100,,2
secret,SECRET,,,,,100,100,,9
""",
}


@pytest.fixture
def shop(database, make_site, tmp_path):
    runtime = make_site("catalog")
    assert load(runtime, tmp_path / "files", **FILES).errors == []
    index_marked(context(runtime))
    return runtime


@pytest.fixture
def buyer(shop):
    return client_of(shop)


def found(buyer, query, **more):
    answer = buyer.get("/api/v1/products", params={"q": query, **more})
    assert answer.status_code == 200, answer.text
    return [p["slug"] for p in answer.json()["items"]]


def counts(buyer, path="/api/v1/products", **query):
    facets = buyer.get(path, params=query).json()["facets"]
    return {f["code"]: {v["filter"].partition(":")[2]: v["count"] for v in f["values"]} for f in facets}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("mug", ["cup", "mug", "tray"]),  # what is hidden never
        ("MUGS", ["cup", "mug", "tray"]),
        ("cafe", ["tray"]),
        ("ＣＡＦÉ", ["tray"]),
        ("mug-ink", ["cup", "mug"]),
        ("mugink", ["mug"]),
        ("30 cm", ["vase"]),
        ("hea", ["mug"]),
        ("glossy", ["cup", "vase"]),
        ("kitchen ink", ["cup", "mug"]),
    ],
)
def test_what_is_found_in_english(buyer, query, expected):
    assert sorted(found(buyer, query)) == expected


def test_a_word_in_the_title_weighs_more_than_in_tags_and_these_more_than_in_the_summary(buyer):
    assert found(buyer, "mug")[0] == "mug"
    assert found(buyer, "cup")[0] == "cup"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("马克杯", ["mug"]),
        ("杯", ["cup", "mug", "tray"]),
        ("哑光", ["bowl", "mug", "tray"]),
        ("墨蓝", ["cup", "mug"]),
        ("Hearth", []),
    ],
)
def test_what_is_found_in_chinese(buyer, query, expected):
    items = buyer.get("/zh/api/v1/products", params={"q": query})
    assert sorted(p["slug"] for p in items.json()["items"]) == expected


def test_an_exact_article_number_comes_first(buyer):
    assert found(buyer, "BOWL-1")[0] == "bowl"
    assert found(buyer, "bowl 1")[0] == "bowl"


def test_counts_follow_what_other_facets_leave_and_ticks_of_one_facet_are_alternatives(buyer):
    every = counts(buyer)
    assert every["category"] == {"kitchen": 3, "living": 2}
    assert every["colour"] == {"oat": 2, "ink": 2}
    assert every["glaze"] == {"matt": 3, "gloss": 2}
    oat = buyer.get("/api/v1/products?filter=colour:oat").json()
    assert sorted(p["slug"] for p in oat["items"]) == ["bowl", "mug"]
    assert oat["total"] == 2
    ticked = counts(buyer, filter="colour:oat")
    assert ticked["colour"] == {"oat": 2, "ink": 2}  # its own counts stay: a further tick adds
    assert set(ticked) == {"price", "colour", "height"}  # both are matt and of the kitchen: nothing to choose between
    both = buyer.get("/api/v1/products?filter=colour:oat&filter=colour:ink").json()
    assert sorted(p["slug"] for p in both["items"]) == ["bowl", "cup", "mug"]
    across = buyer.get("/api/v1/products?filter=colour:oat&filter=colour:ink&filter=glaze:gloss").json()
    assert [p["slug"] for p in across["items"]] == ["cup"]


def test_prices_and_numbers_are_filtered_by_ranges_of_the_currency(buyer):
    assert sorted(p["slug"] for p in buyer.get("/api/v1/products?filter=price:18..30").json()["items"]) == ["bowl", "mug"]
    assert [p["slug"] for p in buyer.get("/api/v1/products?filter=height:20..").json()["items"]] == ["vase"]
    prices = counts(buyer)["price"]
    assert sum(prices.values()) == 5
    for value, count in prices.items():
        assert len(buyer.get("/api/v1/products", params={"filter": f"price:{value}"}).json()["items"]) == count


def test_flags_keep_what_can_be_bought_and_what_is_reduced(buyer):
    whole = buyer.get("/api/v1/products").json()
    assert (whole["available"], whole["sale"], whole["total"]) == (4, 1, 5)
    assert "vase" not in {p["slug"] for p in buyer.get("/api/v1/products?available=true").json()["items"]}
    assert [p["slug"] for p in buyer.get("/api/v1/products?sale=true").json()["items"]] == ["mug"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("price", ["cup", "bowl", "mug", "tray", "vase"]),
        ("-price", ["vase", "tray", "mug", "bowl", "cup"]),
        ("name", ["tray", "mug", "bowl", "vase", "cup"]),
        ("newest", ["tray", "vase", "bowl", "cup", "mug"]),
    ],
)
def test_orders_run_through_all_pages(buyer, sort, expected):
    slugs, cursor = [], None
    while True:
        page = buyer.get("/api/v1/products", params={"sort": sort, "limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        slugs += [p["slug"] for p in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert slugs == expected


def test_a_slip_of_the_fingers_is_led_to_the_word_and_can_be_searched_for_all_the_same(buyer):
    answer = buyer.get("/api/v1/products?q=heerth mgu").json()
    assert answer["corrected"] == "hearth mug"
    assert [p["slug"] for p in answer["items"]] == ["mug"]
    page = buyer.get("/search?q=heerth").text
    assert "Showing results for “hearth”" in page
    assert 'href="/search?q=heerth&amp;exact=true"' in page
    assert buyer.get("/api/v1/products?q=heerth&exact=true").json()["items"] == []


def test_nobody_is_led_to_a_word_that_only_hidden_products_have(buyer):
    answer = buyer.get("/search?q=secrat")
    assert "secret" not in answer.text.partition("listing__help")[0].lower()


def test_synonyms_work_both_ways_or_one(shop, buyer):
    ctx = context(shop)
    with ctx.writing():
        add_synonym(ctx, SynonymForm(locale="en", words="beaker, tea cup"))
        add_synonym(ctx, SynonymForm(locale="en", term="crockery", words="bowl, mug"))
        add_synonym(ctx, SynonymForm(locale="zh", words="器皿、碗"))
    assert found(buyer, "beaker")[0] == "cup"
    assert found(buyer, "crockery")[0] in ("bowl", "mug")
    assert {"bowl", "mug"} <= set(found(buyer, "crockery"))
    assert "crockery" not in found(buyer, "bowl")
    assert 'href="/zh/products/bowl"' in buyer.get("/zh/search?q=器皿").text


def test_suggestions_name_products_categories_and_what_others_asked_for(shop, buyer):
    for _ in range(2):
        buyer.get("/search?q=hearth mug")
    write_noted(context(shop))
    answer = buyer.get("/api/v1/search/suggestions?q=hear").json()
    assert answer["queries"] == ["hearth mug"]
    assert [p["slug"] for p in answer["products"]] == ["mug"]
    assert buyer.get("/api/v1/search/suggestions?q=kit").json()["categories"][0]["path"] == "kitchen"
    page = buyer.get("/search/suggestions?q=hear").text
    assert 'role="option"' in page
    assert "Hearth Mug" in page
    assert buyer.get("/api/v1/search/suggestions?q=").json() == {
        "queries": [],
        "categories": [],
        "products": [],
        "corrected": None,
    }
    assert "炉边马克杯" in buyer.get("/zh/search/suggestions?q=马").text


def test_searches_are_counted_without_people_and_those_in_vain_stand_apart(shop, buyer):
    for query in ("mug", "mug", "zzzz", "me@example.org", "0171 5556677"):
        buyer.get("/search", params={"q": query})
    ctx = context(shop)
    write_noted(ctx)
    with ctx.reading():
        assert [(r.q, r.times) for r in popular(ctx, 30, 10, in_vain=False)] == [("mug", 2)]
        assert [(r.q, r.times) for r in popular(ctx, 30, 10, in_vain=True)] == [("zzzz", 1)]


def test_a_search_in_vain_offers_fewer_filters_with_counts_categories_and_products(buyer):
    page = buyer.get("/search?q=mug&filter=glaze:gloss&filter=colour:oat").text
    assert re.search(r"Without “Glaze” <span class=\"facet__count\">1</span>", page)
    assert 'href="/categories/kitchen"' in page.partition("listing__help")[2]
    assert "product-card" in page.partition("listing__help")[2]


NASTY = [
    "",
    " ",
    "\x00\x01\x1f",
    "\"'`;--",
    "AND OR NOT NEAR(",
    'title:"mug"*',
    "* ^ ( ) : & | ! <->",
    "\\",
    "%' OR 1=1",
    "🏺",
    "ʼn ſ ﷺ",
    "a" * 10_000,
    "马" * 5_000,
    "mug " * 2_000,
    "\ud83c".encode("utf-8", "replace").decode(),
]


@pytest.mark.parametrize("query", NASTY, ids=range(len(NASTY)))
def test_nothing_that_is_typed_breaks_a_search(buyer, query):
    for path in ("/search", "/search/suggestions", "/api/v1/products", "/api/v1/search/suggestions"):
        assert buyer.get(path, params={"q": query}).status_code == (400 if "\x00" in query else 200)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ([("filter", f"colour:x{i}") for i in range(500)], 422),
        ([("filter", "colour:" + "x" * 500)], 422),
        ([("sort", "nonsense")], 422),
        ([("cursor", "W10")], 422),
    ],
)
def test_a_filter_that_is_none_is_refused_clearly(buyer, query, status):
    for path in ("/search", "/categories/kitchen", "/api/v1/products"):
        assert buyer.get(path, params=[("q", "mug"), *query]).status_code == status


@pytest.mark.parametrize("filter", ["colour", "colour:gone", "price:9..1", "price:1e400..", "sale:USD"])
def test_a_filter_that_nothing_has_is_refused_to_clients_and_left_out_for_people(buyer, filter):
    query = {"q": "mug", "sort": "price", "filter": ["glaze:matt", filter]}
    assert buyer.get("/api/v1/products", params=query).status_code == 422
    for path, address in (("/search", "/search?q=mug&sort=price"), ("/categories/kitchen", "/categories/kitchen?sort=price")):
        answer = buyer.get(path, params=query, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (302, address)


def test_ticks_have_one_address_whatever_their_order(buyer):
    one = buyer.get("/search?sort=price&filter=glaze:matt&filter=colour:oat&q=mug").text
    assert 'href="/search?q=mug&amp;filter=colour%3Aoat&amp;sort=price"' in one
    assert 'href="/search?q=mug&amp;filter=glaze%3Amatt&amp;sort=price"' in one


def test_lists_see_a_sale_a_price_and_a_hidden_product_at_once(shop, buyer, tmp_path):
    assert buyer.get("/api/v1/products").json()["available"] == 4
    ctx = context(shop)
    from marketry_catalog.editing.adjusting import AdjustmentForm, adjust_stock

    with ctx.writing():
        adjust_stock(ctx, AdjustmentForm(sku="TRAY", location="main", change=-2, reason="broken"))
    assert buyer.get("/api/v1/products").json()["available"] == 3
    load(shop, tmp_path / "more", variants="product,sku,price_usd\ncup,CUP-INK,9900\n")
    assert buyer.get("/api/v1/products?sort=-price").json()["items"][0]["slug"] == "cup"
    load(shop, tmp_path / "hide", products="handle,published\ncup,false\n")
    assert "cup" not in [p["slug"] for p in buyer.get("/api/v1/products").json()["items"]]


def test_what_sells_comes_before_what_fits_as_well(shop, buyer):
    assert found(buyer, "glossy") in (["cup", "vase"], ["vase", "cup"])
    ctx = context(shop)
    with ctx.writing() as session:
        session.execute(update(stock_level).values(on_hand=50))
        bowl = session.scalar(select(product.c.id).where(product.c.handle == "bowl"))
        line = OrderLineFact(line="1", sku="TRAY", quantity=7, unit_price=1, total=7, tax=0)
        facts = {"subtotal": 7, "discount": 0, "shipping": 0, "fees": 0, "tax": 0, "total": 7, "country": "US", "channel": "web"}
        for _ in range(2):
            count_sold(ctx, OrderPlaced(at=ctx.now(), number="A", currency="USD", locale="en", lines=(line,), **facts))
    assert bowl
    keeping._kept.clear()
    with ctx.reading():
        overview = keeping.overview_of(ctx)
        assert {overview.handles[o]: units for o, units in overview.sold.items()} == {"tray": 14}
    assert found(buyer, "matt")[0] == "tray"
