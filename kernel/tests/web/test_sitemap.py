"""The sitemap: an index of parts that the protocol's schema accepts, with languages and pictures."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from marketry.web import sitemap as sitemaps
from marketry.web.values import SitemapEntry

from .conftest import Web, plugin

SCHEMAS = Path(__file__).parent / "schemas"
PAGE, INDEX = (etree.XMLSchema(etree.parse(str(SCHEMAS / name))) for name in ("all.xsd", "siteindex.xsd"))
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml",
         "i": "http://www.google.com/schemas/sitemap-image/1.1"}  # fmt: skip


def bowls(n: int) -> Iterator[SitemapEntry]:
    for at in range(n):
        yield SitemapEntry(f"/bowls/{at}?a=1&b=2", datetime(2026, 1, 2, tzinfo=UTC), {"zh": f"/碗/{at}"}, ("/media/b.jpg",))


def found(client: object, path: str) -> list[str]:
    tree = etree.fromstring(client.get(path).content)  # type: ignore[attr-defined]
    return [str(text) for text in tree.xpath("//s:loc/text()", namespaces=NAMES)]


def test_each_page_stands_there_in_each_language_with_its_others_and_pictures(web: Web) -> None:
    answer = web(plugin("bowls", sitemap=lambda: bowls(1))).get("/sitemaps/1.xml")
    assert answer.headers["content-type"].startswith("application/xml")
    tree = etree.fromstring(answer.content)
    PAGE.assertValid(tree)
    here, there = "http://testserver/bowls/0?a=1&b=2", "http://testserver/zh/%E7%A2%97/0"
    assert tree.xpath("//s:loc/text()", namespaces=NAMES) == [here, there]
    assert tree.xpath("//s:lastmod/text()", namespaces=NAMES) == ["2026-01-02"] * 2
    assert [(x.get("hreflang"), x.get("href")) for x in tree.xpath("//s:url[1]/x:link", namespaces=NAMES)] == [
        ("en", here), ("zh-Hans", there), ("x-default", here),
    ]  # fmt: skip
    assert tree.xpath("//s:url[2]/i:image/i:loc/text()", namespaces=NAMES) == ["http://testserver/media/b.jpg"]


def test_the_index_names_as_many_parts_as_there_are(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "PART", 6)
    client = web(plugin("bowls", sitemap=lambda: bowls(7)))
    INDEX.assertValid(etree.fromstring(client.get("/sitemap.xml").content))
    assert found(client, "/sitemap.xml") == [f"http://testserver/sitemaps/{n}.xml" for n in (1, 2, 3)]
    assert [len(found(client, f"/sitemaps/{n}.xml")) for n in (1, 2, 3)] == [6, 6, 2]
    assert [client.get(f"/sitemaps/{n}.xml").status_code for n in (0, 4, 99_999)] == [404, 404, 404]


class Counted:
    """Entries that can be passed over, and how many of them were made."""

    def __init__(self, most: int) -> None:
        self.most, self.skipped, self.made = most, 0, 0

    def skip(self, count: int) -> int:
        self.skipped = min(count, self.most)
        return self.skipped

    def __iter__(self) -> Iterator[SitemapEntry]:
        for at in range(self.skipped, self.most):
            self.made += 1
            yield SitemapEntry(f"/plates/{at}")


def test_a_part_is_not_made_from_the_beginning_where_entries_can_be_passed_over(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemaps, "PART", 6)
    asked: list[Counted] = []

    def plates() -> Counted:
        asked.append(Counted(8))
        return asked[-1]

    client = web(plugin("plates", sitemap=plates), plugin("vases", sitemap=lambda: bowls(2)))
    parts = [found(client, f"/sitemaps/{n}.xml")[::2] for n in (1, 2, 3, 4)]
    assert [len(part) for part in parts] == [3, 3, 3, 1]
    assert [one.rpartition("/")[2] for part in parts for one in part][:8] == [str(n) for n in range(8)]
    assert [(one.skipped, one.made) for one in asked] == [(0, 3), (3, 3), (6, 2), (8, 0)]


def test_a_full_part_of_long_addresses_stays_within_what_the_protocol_allows(web: Web) -> None:
    def long() -> Iterator[SitemapEntry]:
        for at in range(5_000):
            slug = "碗" * 80 + str(at)
            yield SitemapEntry(f"/bowls/{slug}", None, {"zh": f"/bowls/{slug}"}, (f"/media/{'a' * 120}.jpg",))

    body = web(plugin("bowls", sitemap=long)).get("/sitemaps/1.xml").content
    assert body.count(b"<url>") == 10_000 <= sitemaps.MOST
    assert len(body) < sitemaps.MOST_BYTES


def test_a_plugin_that_breaks_off_leaves_what_it_gave(web: Web) -> None:
    def sitemap() -> Iterator[SitemapEntry]:
        yield SitemapEntry("/bowls")
        raise ZeroDivisionError

    client = web(plugin("bowls", sitemap=sitemap))
    assert found(client, "/sitemaps/1.xml") == ["http://testserver/bowls", "http://testserver/zh/bowls"]


def test_a_shop_without_pages_has_an_empty_index(web: Web) -> None:
    client = web()
    assert found(client, "/sitemap.xml") == []
    assert client.get("/sitemaps/1.xml").status_code == 404
