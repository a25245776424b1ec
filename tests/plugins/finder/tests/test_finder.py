"""The catalogue's search, by pages and JSON, is answered by the engine that a plugin offers."""

import re

import pytest
from marketry_trial_finder.models import Found
from plugins.catalog.tests.shelves import context, filled, load
from sqlalchemy import select

from marketry.testing.clients import client_of
from marketry_catalog.models.search import search_entry
from marketry_catalog.search.indexing import index_marked


@pytest.fixture
def shop(database, make_site, tmp_path):
    runtime = filled(make_site, tmp_path, "finder")
    index_marked(context(runtime))
    return runtime


def titles(page):
    return re.findall(r'product-card__title"><a [^>]*>([^<]+)', page.text.partition("listing__help")[0])


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/search?q=owl", ["Rice Bowl"]),
        ("/search?q=earth ug", ["Hearth Mug"]),
        ("/zh/search?q=边马", ["炉边马克杯"]),
        ("/search?q=nothing", []),
        ("/search?q=%25", []),
        ("/search?q=secret", []),
    ],
)
def test_parts_of_words_are_found_and_what_is_not_shown_stays_hidden(shop, path, expected):
    assert titles(client_of(shop).get(path)) == expected


def test_json_asks_the_same_engine_also_within_a_category(shop):
    client = client_of(shop)

    def slugs(query):
        return [product["slug"] for product in client.get(f"/api/v1/products?{query}").json()["items"]]

    assert slugs("q=owl") == ["bowl"]
    assert sorted(slugs("q=a")) == ["bowl", "mug"]
    assert slugs("q=a&category=kitchen/cups") == ["mug"]
    assert slugs("q=a&limit=1") == ["mug"]


def test_a_changed_product_is_told_to_the_engine_and_to_no_other(shop, tmp_path):
    load(shop, tmp_path / "more", products="handle,title_en,summary_en\nbowl,Soup Tureen,Big.\n")
    index_marked(context(shop))
    assert titles(client_of(shop).get("/search?q=uree")) == ["Soup Tureen"]
    with shop.context().reading() as session:
        assert session.scalar(select(Found.words).where(Found.handle == "bowl", Found.locale == "en")).startswith("soup tureen")
        assert session.execute(select(search_entry.c.id)).all() == []
