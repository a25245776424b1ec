"""The journal as a section of the home page, where the catalogue draws one."""

import re

from plugins.pages.tests.test_pages import write

from marketry.testing.clients import client_of

SECTION = """
[[settings.catalog.home_sections]]
id = "notes"
kind = "journal"
values = {title = {en = "From the workshop", zh = "工坊手记"}, count = 2}
"""


def test_the_newest_posts_stand_on_the_home_page_and_a_new_one_at_once(make_site):
    site = make_site("catalog", "pages", locales=["en", "zh"], more=SECTION)
    client = client_of(site)
    assert "From the workshop" not in client.get("/").text
    for title in ("First", "Second", "Third"):
        write(site, "post", title={"en": title, "zh": f"{title} 篇"})
    page = client.get("/").text
    assert re.findall(r'class="teaser__title"><a href="([^"]+)">([^<]+)', page) == [
        ("/journal/third", "Third"),
        ("/journal/second", "Second"),
    ]
    assert "工坊手记" in client.get("/zh/").text


def test_without_the_plugin_the_section_is_kept_and_not_drawn(make_site):
    site = make_site("catalog", more=SECTION)
    assert "From the workshop" not in client_of(site).get("/").text
