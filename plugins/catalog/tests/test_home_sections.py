"""The merchant arranges the home page out of sections: what is saved is what people see, in their language and its order."""

import re

import pytest
from plugins.backoffice.tests.staff_client import signed_in, token_in
from plugins.catalog.tests.shelves import filled, picture

from marketry import Plugin
from marketry.testing.clients import client_of
from marketry.testing.inline import inline_plugin
from marketry.web.sections import SectionKind
from marketry_catalog.home.kinds import Hero, Products

SECTIONS = """
[[settings.catalog.home_sections]]
id = "opening"
kind = "hero"
values = {look = "plain", title = {en = "Slow mornings", zh = "慢慢的早晨"}}
[[settings.catalog.home_sections]]
id = "picked"
kind = "products"
values = {handles = ["bowl", "secret", "mug"]}
[[settings.catalog.home_sections]]
id = "later"
kind = "saying"
hidden = true
values = {text = {en = "Not yet <b>said</b>"}}
"""


@pytest.fixture
def shop(make_site, tmp_path):
    return filled(make_site, tmp_path, "backoffice", more=SECTIONS)


@pytest.fixture
def staff(shop):
    return signed_in(shop)


def post(client, path, fields=()):
    """Send a form with the token of the page that lists the sections."""
    return client.post(
        path, data={"csrf_token": token_in(client.get("/admin/home").text), **dict(fields)}, follow_redirects=False
    )


def home(shop, path="/"):
    return client_of(shop).get(path).text


def test_without_sections_there_are_a_heading_the_categories_and_a_row_per_tag(make_site, tmp_path):
    page = home(filled(make_site, tmp_path))
    assert re.findall(r'id="section-([\w-]+)"', page) == ["hero", "categories", "tag-1", "tag-3"]
    assert page.count("<h1") == 1


def test_sections_are_drawn_in_their_order_without_hidden_ones_and_in_the_language_of_the_page(shop):
    page = home(shop)
    assert re.findall(r'id="section-([\w-]+)"', page) == ["opening", "picked"]
    assert re.findall(r'href="/products/([\w-]+)"', page) == ["bowl", "mug"]
    assert '<h1 class="hero__title">Slow mornings</h1>' in page
    assert '<h1 class="hero__title">慢慢的早晨</h1>' in home(shop, "/zh/")


def test_a_hidden_section_is_seen_in_the_preview_alone_and_its_words_are_no_markup(shop, staff):
    assert "Not yet" not in home(shop)
    assert "Not yet &lt;b&gt;said&lt;/b&gt;" in staff.get("/admin/home/preview").text


def test_a_section_is_added_hidden_then_filled_shown_moved_and_removed(shop, staff):
    added = post(staff, "/admin/home/sections", {"kind": "story"}).headers["location"]
    name = added.rpartition("/")[2]
    assert f'id="section-{name}"' not in home(shop)
    post(staff, added, {"title.en": "Our kiln", "title.zh": "我们的窑", "text.en": "One.\r\n\r\nTwo."})
    post(staff, f"{added}/hide", {"hidden": "false"})
    page = home(shop, "/zh/")
    assert "我们的窑" in page
    assert "<p>One.</p>" in page
    assert "<p>Two.</p>" in page
    post(staff, f"{added}/move", {"way": "up"})
    post(staff, f"{added}/move", {"way": "up"})
    assert re.findall(r'id="section-([\w-]+)"', home(shop)) == ["opening", name, "picked"]
    post(staff, f"{added}/remove")
    assert re.findall(r'id="section-([\w-]+)"', home(shop)) == ["opening", "picked"]


def test_a_preview_of_what_is_typed_saves_nothing(shop, staff):
    answer = post(staff, "/admin/home/sections/opening/preview", {"look": "plain", "title.en": "Typed only"})
    assert answer.status_code == 200
    assert "Typed only" in answer.text
    assert "Typed only" not in home(shop)


@pytest.mark.parametrize(
    ("field", "value"),
    [("link", "https://elsewhere.example/"), ("link", "//elsewhere.example"), ("link", "javascript:alert(1)"),
     ("look", "upside down"), ("picture", "../../secret")],
)  # fmt: skip
def test_what_no_section_may_hold_is_refused_beside_its_field(shop, staff, field, value):
    answer = post(staff, "/admin/home/sections/opening", {"look": "plain", "title.en": "Changed", field: value})
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert "Slow mornings" in home(shop)


def test_an_uploaded_picture_stands_in_the_hero(shop, staff):
    page = staff.get("/admin/home/sections/opening")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    fields = {"csrf_token": token, "look": "beside", "title.en": "Seen", "picture": ""}
    answer = staff.post(
        "/admin/home/sections/opening",
        data=fields,
        files={"picture.file": ("a.png", picture(), "image/png")},
        follow_redirects=False,
    )
    assert answer.status_code == 303, answer.text
    assert re.search(r'class="hero__picture" src="/media/[^"]+" alt="Seen" width="40" height="50"', home(shop))


def test_the_last_section_stays(make_site, tmp_path):
    shop = filled(make_site, tmp_path, "backoffice", more=SECTIONS.split("[[")[0] + "[[" + SECTIONS.split("[[")[1])
    assert post(signed_in(shop), "/admin/home/sections/opening/remove").status_code == 409
    assert "Slow mornings" in home(shop)


def test_only_who_may_arranges_the_page(shop):
    clerk = signed_in(shop, permissions=["catalog.product.write"], email="clerk@example.com")
    assert clerk.get("/admin/home").status_code == 403
    assert clerk.get("/admin/home/preview").status_code == 403


def broken(ctx, wanted):
    raise RuntimeError("the journal is on fire")


def test_a_kind_of_another_plugin_is_offered_and_one_that_raises_or_is_gone_leaves_the_rest(make_site, tmp_path):
    kind = SectionKind("fire", "Fire", "x/none.html", Hero, broken)
    more = SECTIONS + '[[settings.catalog.home_sections]]\nid = "f"\nkind = "fire"\n'
    more += '[[settings.catalog.home_sections]]\nid = "g"\nkind = "gone"\n'
    journal = inline_plugin(Plugin(id="journal", title="Journal"), home_sections=lambda: [kind])
    shop = filled(make_site, tmp_path, "backoffice", more=more, extra=[journal])
    assert re.findall(r'id="section-([\w-]+)"', home(shop)) == ["opening", "picked"]
    listed = signed_in(shop).get("/admin/home").text
    assert 'value="fire"' in listed
    assert "Plugin not enabled" in listed


def test_every_kind_can_be_made_of_nothing():
    assert Hero().model_dump()["look"] == "beside"
    assert Products().count == 4
