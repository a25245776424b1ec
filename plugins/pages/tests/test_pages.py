"""Pages and posts as people see them: by address in each language, when they are shown, listed, fed, linked."""

from datetime import UTC, datetime, timedelta

import feedparser
import pytest

from marketry.testing.clients import client_of
from marketry.web.values import SYSTEM
from marketry_pages.editing import change_entry, content_of, create_entry, find_entry
from marketry_pages.forms import EntryForm


def form(**given):
    return EntryForm.model_validate({"title": {"en": "Returns", "zh": "退换 说明"}, "published": True, **given})


def write(site, kind="page", **given):
    ctx = site.context(actor=SYSTEM)
    with ctx.writing():
        return create_entry(ctx, kind, form(**given))


def rewrite(site, handle, **changes):
    ctx = site.context(actor=SYSTEM)
    with ctx.writing():
        content = content_of(ctx, find_entry(ctx, handle).id)
        change_entry(ctx, handle, EntryForm.model_validate(content | changes))


@pytest.fixture
def site(make_site, database):
    return make_site("pages", locales=["en", "zh"])


@pytest.fixture
def client(site):
    return client_of(site, follow_redirects=False)


def led(client, path):
    answer = client.get(path)
    return answer.status_code, answer.headers.get("location")


def test_a_page_has_an_address_of_its_own_in_each_language(site, client):
    write(site, body={"en": "**Thirty** days.", "zh": "三十天。"})
    english, chinese = client.get("/pages/returns"), client.get("/zh/pages/退换-说明")
    assert (english.status_code, chinese.status_code) == (200, 200)
    assert "<strong>Thirty</strong> days." in english.text
    assert '<h1 class="page__title">退换 说明</h1>' in chinese.text


def test_the_address_of_another_language_leads_to_that_of_this_one(site, client):
    write(site)
    assert led(client, "/zh/pages/returns") == (301, "/zh/pages/%E9%80%80%E6%8D%A2-%E8%AF%B4%E6%98%8E")
    assert led(client, "/pages/退换-说明") == (301, "/pages/returns")


def test_a_policy_leads_from_the_address_of_a_page_to_its_own(site, client):
    write(site, "policy")
    assert client.get("/policies/returns").status_code == 200
    assert led(client, "/pages/returns") == (301, "/policies/returns")


def test_a_former_address_leads_on_until_another_page_takes_it(site, client):
    write(site)
    rewrite(site, "returns", slug={"en": "sending-back"})
    assert led(client, "/pages/returns") == (301, "/pages/sending-back")
    write(site, slug={"en": "returns"})
    assert client.get("/pages/returns").status_code == 200


def test_languages_link_each_other(site, client):
    write(site)
    text = client.get("/pages/returns").text
    assert 'hreflang="zh-Hans" href="http://testserver/zh/pages/' in text
    assert 'hreflang="x-default" href="http://testserver/pages/returns"' in text


@pytest.mark.parametrize(
    ("published", "begins", "ends", "status"),
    [(True, -1, None, 200), (False, -1, None, 404), (True, 1, None, 404), (True, -2, -1, 404), (True, -2, 1, 200)],
)
def test_a_page_is_shown_while_published_and_within_its_time(site, client, published, begins, ends, status):
    now = datetime.now(UTC)
    until = now + timedelta(days=ends) if ends else None
    write(site, published=published, publish_at=now + timedelta(days=begins), publish_until=until)
    assert client.get("/pages/returns").status_code == status


def test_the_journal_lists_the_newest_first_and_goes_on(site, client):
    now = datetime.now(UTC)
    for day in range(14):
        write(
            site,
            "post",
            title={"en": f"Post {day}"},
            publish_at=now - timedelta(days=day + 1),
            tags=["clay"] if day == 13 else [],
        )
    first = client.get("/journal").text
    assert [f"Post {day}</a>" in first for day in (0, 11, 12)] == [True, True, False]
    assert first.index("Post 0</a>") < first.index("Post 1</a>")
    onward = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert [f"Post {day}</a>" in client.get(onward).text for day in (11, 12, 13)] == [False, True, True]
    assert [f"Post {day}</a>" in client.get("/journal?tag=clay").text for day in (12, 13)] == [False, True]


def test_the_feed_is_atom_that_readers_understand(site, client):
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    write(site, "post", title={"en": "A & B <c>"}, author={"en": "Ada"}, summary={"en": "Short"}, publish_at=at, tags=["clay"],
          body={"en": "See [this](/pages/x)."})  # fmt: skip
    answer = client.get("/journal/feed.xml")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = feedparser.parse(answer.content)
    assert (feed.bozo, feed.version, feed.feed.id) == (False, "atom10", "http://testserver/journal/feed.xml")
    (entry,) = feed.entries
    assert (entry.title, entry.author, entry.link) == ("A & B <c>", "Ada", "http://testserver/journal/a-b-c")
    assert (entry.published, entry.tags[0].term) == ("2026-03-01T09:00:00+00:00", "clay")
    assert 'href="http://testserver/pages/x"' in entry.content[0].value
    assert client.get("/journal/feed.xml", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_what_an_author_writes_runs_nothing(site, client):
    harm = '<script>bad()</script><img src="https://elsewhere.example/p.png"><a href="javascript:b()">a</a>'
    body = '<p hx-get="/x" onclick="y()" style="z">Hi</p>' + harm
    write(site, body={"en": body})
    shown = client.get("/pages/returns").text.partition('class="prose writing__body">')[2].partition("</article>")[0]
    assert "<p>Hi</p>" in shown
    assert [bad for bad in ("hx-get", "onclick", "style", "bad()", "elsewhere", "javascript") if bad in shown] == []


def test_links_within_the_shop_stay_in_the_readers_language(site, client):
    write(site, body={"en": "[a](/cart)", "zh": "[a](/cart) [b](/zh/cart) [c](https://example.com/)"})
    chinese = client.get("/zh/pages/退换-说明").text
    assert chinese.count('<a href="/zh/cart"') == 2
    assert '<a href="https://example.com/"' in chinese


def test_headings_of_a_text_begin_below_that_of_the_page(site, client):
    write(site, body={"en": "# One\n\n## Two"})
    text = client.get("/pages/returns").text
    assert (text.count("<h1"), "<h2>One</h2>" in text, "<h3>Two</h3>" in text) == (1, True, True)


def test_pages_stand_in_header_and_footer_in_their_order(site, client):
    write(site, title={"en": "About"}, placement="header")
    write(site, title={"en": "Second"}, placement="footer", position=20)
    write(site, title={"en": "First"}, placement="footer", position=10)
    write(site, title={"en": "Imprint"}, placement="legal")
    from marketry_pages.linking import footer, header

    ctx = site.context()
    assert [(link.label, link.url) for link in header(ctx)] == [("About", "/pages/about")]
    column, legal = footer(ctx)
    assert [link.label for link in column.children] == ["First", "Second"]
    assert (legal.label, legal.url, legal.children) == ("Imprint", "/pages/imprint", ())


def test_pages_and_posts_as_json(site, client):
    write(site, body={"en": "*Hi*"})
    write(site, "post", title={"en": "Post", "zh": "文章"}, products=["bowl"])
    page = client.get("/api/v1/pages/returns").json()
    assert (page["kind"], page["html"], page["path"]) == ("page", "<p><em>Hi</em></p>\n", "/pages/returns")
    assert page["slugs"] == {"en": "returns", "zh": "退换-说明"}
    posts = client.get("/api/v1/posts", headers={"Accept-Language": "zh"}).json()
    assert [(p["title"], p["path"], p["products"]) for p in posts["items"]] == [("文章", "/zh/journal/文章", ["bowl"])]
    assert posts["next_cursor"] is None
    assert client.get("/api/v1/pages/nowhere").status_code == 404


def test_a_change_is_seen_at_once_by_all_who_read(site, client):
    write(site, placement="footer", body={"en": "Before"})
    assert ["Before" in client.get("/pages/returns").text for _ in range(2)] == [True, True]
    rewrite(site, "returns", body={"en": "After"}, published=False)
    assert client.get("/pages/returns").status_code == 404
    rewrite(site, "returns", published=True)
    assert "After" in client.get("/pages/returns").text


def test_a_new_post_appears_in_the_journal_and_in_the_navigation(site, client):
    write(site)
    assert 'href="/journal"' not in client.get("/pages/returns").text
    write(site, "post", title={"en": "First"})
    assert 'href="/journal"' in client.get("/pages/returns").text
    assert "First</a>" in client.get("/journal").text
