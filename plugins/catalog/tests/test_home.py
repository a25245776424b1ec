"""The home page is the catalogue's until the site or another plugin makes one."""

import pytest
from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from plugins.catalog.tests.shelves import filled

from marketry import Plugin
from marketry.testing.clients import client_of
from marketry.testing.inline import inline_plugin


def journal():
    router = APIRouter()
    router.get("/")(lambda: PlainTextResponse("The journal"))
    return inline_plugin(Plugin(id="journal", title="Journal"), routes=lambda area: [router] if area == "shop" else [])


def test_a_plugin_with_a_home_page_takes_the_address_and_the_catalogue_keeps_all_others(database, make_site, tmp_path):
    client = client_of(filled(make_site, tmp_path, extra=[journal()]))
    assert client.get("/").text == "The journal"
    assert client.get("/zh/").text == "The journal"
    assert client.get("/categories/kitchen").status_code == 200
    assert client.get("/search?q=mug").status_code == 200


@pytest.mark.parametrize(
    ("template", "title", "rows"),
    [
        ('{% extends "shop/layout.html" %}{% block main %}<h1>Our own front</h1>{% endblock %}', "<h1>Our own front</h1>", False),
        (
            '{% extends "!catalog/home.html" %}{% block sections %}<h1>Welcome</h1>{{ super() }}{% endblock %}',
            "<h1>Welcome</h1>",
            True,
        ),
    ],
)
def test_a_site_makes_the_page_anew_or_changes_a_block_of_it(make_site, tmp_path, template, title, rows):
    own = tmp_path / "site" / "templates" / "catalog" / "home.html"
    own.parent.mkdir(parents=True)
    own.write_text(template, "utf-8")
    page = client_of(filled(make_site, tmp_path)).get("/")
    assert page.status_code == 200
    assert title in page.text
    assert ("product-card" in page.text) is rows
