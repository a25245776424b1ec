"""What machines find in the sample shop, in both languages, held against rules that others made."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import extruct
import pytest
from tests.found import linked_data, merchant
from tests.found.shop import sample_shop

from marketry.testing.clients import visitor_of
from marketry.testing.sites import SiteFactory
from marketry.web.values import SYSTEM
from marketry_catalog.importing.run import import_catalogue

PAGES = {
    "home": ("/", {"Organization", "WebSite"}),
    "category": ("/categories/mugs-cups", {"ItemList"}),
    "product of several variants": ("/products/hearth-mug", {"Product", "BreadcrumbList"}),
    "product of one variant": ("/products/gaiwan", {"Product", "BreadcrumbList"}),
    "policy": ("/policies/terms", set()),
    "journal": ("/journal", set()),
    "post": ("/journal/why-we-leave-the-foot-bare", {"BlogPosting"}),
}
PREFIXES = {"en": "", "zh": "/zh"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    factory = SiteFactory(tmp_path_factory.mktemp("found"))
    yield visitor_of(sample_shop(factory))
    factory.close()


def blocks(page: str) -> list[dict[str, Any]]:
    return list(extruct.extract(page, syntaxes=["json-ld"])["json-ld"])


@pytest.mark.parametrize("locale", PREFIXES)
@pytest.mark.parametrize("page", PAGES)
def test_linked_data_is_of_the_vocabulary_and_says_what_google_asks_for(client: Any, page: str, locale: str) -> None:
    path, types = PAGES[page]
    answer = client.get(PREFIXES[locale] + path)
    assert answer.status_code == 200
    found = blocks(answer.text)
    assert {one["@type"] for one in found} >= types
    for block in found:
        assert linked_data.problems(block) == []
        assert linked_data.unmet(block) == []


@pytest.mark.parametrize("currency", ["USD", "EUR", "CNY"])
@pytest.mark.parametrize("locale", PREFIXES)
def test_the_feed_is_what_merchant_center_takes(client: Any, locale: str, currency: str) -> None:
    answer = client.get(f"{PREFIXES[locale]}/feeds/products.xml?currency={currency}")
    items = merchant.items_of(answer.content)
    assert len(items) == 124
    assert merchant.problems(items, "testserver", currency) == []


AWKWARD = {
    "products": "handle,title_en,title_zh,summary_en,published\n"
    f"{'long-' * 20}bowl,{'A very long bowl ' * 10},碗,{'Round. ' * 800},true\n"
    "free,Free,赠品,Costs nothing.,true\n",
    "variants": "product,sku,barcode,option1_name_en,option1_name_zh,option1_value_en,option1_value_zh,price_usd,weight_g\n"
    f"{'long-' * 20}bowl,{'K' * 58}-OAT,00012345600012,Colour,颜色,Oat,燕麦,2500,300\n"
    f"{'long-' * 20}bowl,{'K' * 58}-INK,0234567890123,Colour,颜色,Ink,墨,2500,300\n"
    "free,FREE,,,,,,0,10\n",
}


def test_what_would_be_refused_is_cut_or_left_out(make_site: Any, tmp_path: Path) -> None:
    runtime = make_site("catalog")
    for name, text in AWKWARD.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    assert import_catalogue(runtime.context(actor=SYSTEM), tmp_path).errors == []
    items = merchant.items_of(visitor_of(runtime).get("/feeds/products.xml").content)
    assert [item["mpn"] for item in items] == [[f"{'K' * 58}-OAT"], [f"{'K' * 58}-INK"]]
    told = merchant.problems(items, "testserver", "USD")
    assert {one.partition(": ")[2] for one in told} == {"image_link is missing"}  # which no rule can put right


def test_each_language_of_a_page_names_all_of_them_and_is_there(client: Any) -> None:
    for path, _ in PAGES.values():
        english, chinese = client.get(path), client.get(f"/zh{path}")
        named = [re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)"', page.text) for page in (english, chinese)]
        assert named[0] == named[1], path
        places = dict(named[0])
        assert places.keys() == {"en", "zh-Hans", "x-default"}
        for tag, page in (("en", english), ("zh-Hans", chinese)):
            assert client.get(places[tag], follow_redirects=False).status_code == 200
            assert f'<link rel="canonical" href="{places[tag]}">' in page.text


def test_addresses_are_in_the_readers_language_and_the_other_one_leads_on(client: Any) -> None:
    for asked, place in (
        ("/zh/products/hearth-mug", "/zh/products/炉边马克杯"),
        ("/zh/categories/mugs-cups", "/zh/categories/杯具"),
        ("/products/炉边马克杯", "/products/hearth-mug"),
    ):
        answer = client.get(asked, follow_redirects=False)
        assert answer.status_code == 301
        assert client.get(asked).url.path == place


def test_the_rules_refuse_what_is_wrong() -> None:
    assert linked_data.problems({"@context": "https://schema.org", "@type": "Product", "price": "1"}) == [
        "Product: price is no property of Product"
    ]
    wrong = {"@context": "https://schema.org", "@type": "Offer", "availability": "https://schema.org/Somewhere"}
    assert [told.partition(":")[0] for told in linked_data.problems(wrong)] == ["Offer.availability"]
    wrong = {"@context": "https://schema.org", "@type": "Product", "brand": {"@type": "Offer"}}
    assert [told.partition(":")[0] for told in linked_data.problems(wrong)] == ["Product.brand"]
    assert linked_data.unmet({"@type": "Offer", "price": "1,00", "priceCurrency": "USD"}) != []
    item = {"id": ["a"], "title": ["<b>A</b>"], "link": ["http://x/ü"], "price": ["0 USD"], "gtin": ["2000000000008"]}
    told = merchant.problems([item], "testserver", "USD")
    assert len(told) >= 8, told
