"""Products and categories as machines find them: addresses per language, linked data, sitemap, feeds."""

import csv
import json

import extruct
import feedparser
import pytest
from lxml import etree
from plugins.catalog.tests.shelves import filled, load

from marketry.testing.clients import client_of
from marketry_catalog.domain.gtin import is_gtin
from marketry_catalog.feeds import keeping

MORE = {
    "categories": "handle,slug_en,slug_zh\nkitchen,kitchen,厨房\ncups,cups,杯子\n",
    "products": "handle,slug_zh,seo_title_en\nmug,炉边马克杯,The mug for mornings\n",
    "variants": "product,sku,barcode\nbowl,BOWL,4006381333931\nmug,MUG-OAT,123\n",
}
G = "{http://base.google.com/ns/1.0}"


@pytest.fixture
def shop(make_site, tmp_path, database):
    runtime = filled(make_site, tmp_path)
    report = load(runtime, tmp_path / "more", **MORE)
    assert report.errors == []
    return runtime


@pytest.fixture
def buyer(shop):
    return client_of(shop, follow_redirects=False)


def linked(page):
    """type → linked data of a page."""
    return {one["@type"]: one for one in extruct.extract(page.text, syntaxes=["json-ld"])["json-ld"]}


def test_a_product_has_an_address_per_language_and_each_leads_to_the_readers(buyer):
    assert buyer.get("/zh/products/炉边马克杯").status_code == 200
    for asked, location in (
        ("/zh/products/mug", "/zh/products/%E7%82%89%E8%BE%B9%E9%A9%AC%E5%85%8B%E6%9D%AF"),
        ("/products/炉边马克杯", "/products/mug"),
        ("/zh/categories/kitchen/cups", "/zh/categories/%E5%8E%A8%E6%88%BF/%E6%9D%AF%E5%AD%90"),
        ("/categories/厨房/杯子", "/categories/kitchen/cups"),
    ):  # fmt: skip
        answer = buyer.get(asked)
        assert (answer.status_code, answer.headers.get("location")) == (301, location)
    assert 'hreflang="zh-Hans" href="http://testserver/zh/products/%E7%82%89' in buyer.get("/products/mug").text
    assert '<a href="/zh/products/%E7%82%89' in buyer.get("/products/mug").text


def test_a_product_of_several_variants_is_an_aggregate_of_offers(buyer):
    page = buyer.get("/products/mug")
    found = linked(page)["Product"]
    assert (found["name"], found["brand"]["name"]) == ("Hearth Mug", "Test shop")
    assert found["url"] == "http://testserver/products/mug"
    offers = found["offers"]
    assert (offers["@type"], offers["lowPrice"], offers["highPrice"], offers["offerCount"]) == (
        "AggregateOffer",
        "28.00",
        "32.00",
        2,
    )
    assert [(o["sku"], o["price"], o["priceCurrency"], o["availability"], o["url"]) for o in offers["offers"]] == [
        ("MUG-OAT", "28.00", "USD", "https://schema.org/InStock", "http://testserver/products/mug?variant=MUG-OAT"),
        ("MUG-INK", "32.00", "USD", "https://schema.org/OutOfStock", "http://testserver/products/mug?variant=MUG-INK"),
    ]
    assert "gtin13" not in json.dumps(found)
    assert "<title>The mug for mornings · Test shop</title>" in page.text


def test_a_product_of_one_variant_is_one_offer_with_its_number(buyer):
    found = linked(buyer.get("/products/bowl"))["Product"]
    assert (found["sku"], found["gtin13"], found["offers"]["@type"]) == ("BOWL", "4006381333931", "Offer")


def test_the_trail_of_a_product_leads_from_the_top_to_it(buyer):
    trail = linked(buyer.get("/products/mug"))["BreadcrumbList"]["itemListElement"]
    assert [(item["position"], item["name"], item["item"]) for item in trail] == [
        (1, "Kitchen", "http://testserver/categories/kitchen"), (2, "Cups", "http://testserver/categories/kitchen/cups"),
        (3, "Hearth Mug", "http://testserver/products/mug"),
    ]  # fmt: skip


def test_a_category_is_a_list_and_chosen_otherwise_not_to_be_listed(buyer):
    page = buyer.get("/categories/kitchen?utm_source=x")
    names = [item["name"] for item in linked(page)["ItemList"]["itemListElement"]]
    assert sorted(names) == ["Hearth Mug", "Rice Bowl"]
    assert '<link rel="canonical" href="http://testserver/categories/kitchen">' in page.text
    chosen = buyer.get("/categories/kitchen?sort=price").text
    assert '<meta name="robots" content="noindex, follow">' in chosen
    assert '<link rel="canonical" href="http://testserver/categories/kitchen">' in chosen


def test_a_further_page_of_a_list_is_a_page_of_its_own(buyer, shop, tmp_path):
    rows = "".join(f"cup-{n},cups,Cup {n},true\n" for n in range(25))
    load(shop, tmp_path / "cups", products=f"handle,categories,title_en,published\n{rows}")
    page = buyer.get("/categories/kitchen").text
    onward = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    text = buyer.get(onward).text
    assert f'<link rel="canonical" href="http://testserver{onward}">' in text
    assert "noindex" not in text.partition("</head>")[0]


def test_the_home_page_tells_of_the_search(buyer):
    found = linked(buyer.get("/zh"))["WebSite"]
    assert found["potentialAction"]["target"]["urlTemplate"] == "http://testserver/zh/search?q={search_term_string}"
    assert found["inLanguage"] == "zh-Hans"


def test_search_is_not_to_be_listed(buyer):
    assert 'name="robots" content="noindex' in buyer.get("/search?q=mug").text.partition("</head>")[0]


def test_the_sitemap_names_what_is_shown_in_each_language(buyer):
    tree = etree.fromstring(buyer.get("/sitemaps/1.xml").content)
    places = tree.xpath("//*[local-name()='url']/*[local-name()='loc']/text()")
    assert "http://testserver/products/mug" in places
    assert "http://testserver/zh/products/%E7%82%89%E8%BE%B9%E9%A9%AC%E5%85%8B%E6%9D%AF" in places
    assert "http://testserver/zh/categories/%E5%8E%A8%E6%88%BF/%E6%9D%AF%E5%AD%90" in places
    assert [place for place in places if "secret" in place] == []


def test_the_feed_names_every_variant_with_its_price(buyer):
    answer = buyer.get("/feeds/products.xml")
    assert answer.headers["content-type"] == "application/xml; charset=utf-8"
    items = etree.fromstring(answer.content).findall("channel/item")
    rows = {item.findtext(f"{G}id"): {child.tag.removeprefix(G): child.text for child in item} for item in items}
    assert sorted(rows) == ["BOWL", "MUG-INK", "MUG-OAT"]
    told = {
        "title": "Hearth Mug – Oat", "price": "30.00 USD", "sale_price": "28.00 USD", "availability": "in_stock",
        "item_group_id": "mug", "color": "Oat", "gtin": None, "mpn": "MUG-OAT", "condition": "new",
        "product_type": "Kitchen > Cups", "shipping_weight": "380 g", "link": "http://testserver/products/mug?variant=MUG-OAT",
    }  # fmt: skip
    assert {key: rows["MUG-OAT"].get(key) for key in told} == told
    assert (rows["MUG-INK"]["availability"], rows["BOWL"]["gtin"]) == ("out_of_stock", "4006381333931")
    assert "item_group_id" not in rows["BOWL"]


def test_the_feed_is_rss_that_readers_understand(buyer):
    feed = feedparser.parse(buyer.get("/zh/feeds/products.xml?currency=eur").content)
    assert (feed.bozo, feed.version, feed.feed.title) == (False, "rss20", "Test shop")
    prices = {entry["g_id"]: entry["g_price"] for entry in feed.entries}
    assert prices == {"BOWL": "17.00 EUR", "MUG-OAT": "26.00 EUR", "MUG-INK": "29.00 EUR"}
    assert {entry["g_title"] for entry in feed.entries} == {"饭碗", "炉边马克杯 – 燕麦", "炉边马克杯 – 墨蓝"}


def test_the_feed_apart_by_tabs_says_the_same(buyer):
    rows = list(csv.DictReader(buyer.get("/feeds/products.tsv").text.splitlines(), dialect="excel-tab"))
    assert [(row["id"], row["price"]) for row in rows] == [
        ("BOWL", "18.00 USD"),
        ("MUG-OAT", "30.00 USD"),
        ("MUG-INK", "32.00 USD"),
    ]


def test_a_feed_is_kept_for_a_while_and_known_to_who_has_it(buyer, shop, tmp_path, monkeypatch):
    first = buyer.get("/feeds/products.xml")
    assert buyer.get("/feeds/products.xml", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    load(shop, tmp_path / "dearer", variants="product,sku,price_usd\nbowl,BOWL,9900\n")
    assert b"99.00 USD" not in buyer.get("/feeds/products.xml").content
    monkeypatch.setattr(keeping, "FRESH", 0.0)
    assert b"99.00 USD" in buyer.get("/feeds/products.xml", headers={"If-None-Match": first.headers["etag"]}).content


def test_a_feed_in_money_that_the_shop_does_not_take_is_refused(buyer):
    answer = buyer.get("/feeds/products.xml?currency=GBP", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_currency")


@pytest.mark.parametrize(
    ("text", "right"),
    [("4006381333931", True), ("4006381333932", False), ("96385074", True), ("036000291452", True), ("2000004100070", False),
     ("123", False), ("", False),
     ("４００６３８１３３３９３１", False)],
)  # fmt: skip
def test_numbers_of_the_trade_have_a_check_digit(text, right):
    assert is_gtin(text) is right


def test_the_parts_of_a_sitemap_hold_what_one_would(buyer, monkeypatch):
    def places(path):
        return etree.fromstring(buyer.get(path).content).xpath("//*[local-name()='loc']/text()")

    whole = places("/sitemaps/1.xml")
    monkeypatch.setattr("marketry.web.sitemap.PART", 4)
    parts = [places(part.removeprefix("http://testserver")) for part in places("/sitemap.xml")]
    assert [len(part) for part in parts] == [4, 4, 4]
    assert [place for part in parts for place in part] == [place for place in whole if "/media/" not in place]
