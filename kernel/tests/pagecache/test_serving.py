"""What is kept, for whom, and what it looks like from outside."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from .conftest import Notes, runtime_of, write

PUBLIC = "public, max-age=0, must-revalidate"


def test_a_page_is_drawn_once_and_given_to_all(shop: Any, notes: Notes) -> None:
    client = shop()
    first, second = client.get("/notes/a"), client.get("/notes/a", headers={"Cookie": "session=somebody"})
    assert first.text == second.text == "<title>a</title>a=0 en USD-US part of a"
    assert notes.drawn == ["a?"]
    assert dict(first.headers).keys() == dict(second.headers).keys()
    assert first.headers["cache-control"] == second.headers["cache-control"] == PUBLIC
    assert second.headers["vary"] == "Accept-Encoding, HX-Request, HX-Request-Type"
    assert "content-security-policy" in second.headers
    assert second.headers["x-request-id"] != first.headers["x-request-id"]


def test_a_purge_drops_what_bears_the_tag_and_nothing_else(shop: Any, notes: Notes) -> None:
    client = shop()
    client.get("/notes/a")
    client.get("/notes/b")
    write(runtime_of(client), "a", 7)
    assert "a=7" in client.get("/notes/a").text
    assert "b=0" in client.get("/notes/b").text
    assert notes.drawn == ["a?", "b?", "a?"]


def test_a_purge_that_is_rolled_back_drops_nothing(shop: Any, notes: Notes) -> None:
    client = shop()
    client.get("/notes/a")
    with pytest.raises(RuntimeError, match="halfway"):
        _purge_and_fail(runtime_of(client).context())
    client.get("/notes/a")
    assert notes.drawn == ["a?"]


def _purge_and_fail(ctx: Any) -> None:
    with ctx.writing():
        ctx.purge("note:a")
        raise RuntimeError("halfway")


def test_a_purge_belongs_into_a_transaction(shop: Any) -> None:
    ctx = runtime_of(shop()).context()
    with pytest.raises(RuntimeError, match=r"belongs inside `with ctx.writing\(\):`"):
        ctx.purge("note:a")
    with pytest.raises(ValueError, match="at most 160"), ctx.writing():
        ctx.purge("x" * 161)


def test_each_language_and_each_segment_has_a_page_of_its_own(shop: Any, notes: Notes) -> None:
    client = shop()
    for _ in range(2):
        assert "en USD-US" in client.get("/notes/a").text
        assert "zh USD-US" in client.get("/zh/notes/a").text
    client.post("/segment", data={"currency": "EUR", "next": "/notes/a"}, follow_redirects=False)
    for _ in range(2):
        answer = client.get("/notes/a")
        assert "en EUR-US" in answer.text
        assert answer.headers["cache-control"] == "private, max-age=0, must-revalidate"
    assert len(notes.drawn) == 3


def test_who_has_the_page_is_told_that_it_still_holds(shop: Any, notes: Notes) -> None:
    client = shop()
    etag = client.get("/notes/a").headers["etag"]
    for asked in (etag, f'"other", W/{etag}', "*"):
        answer = client.get("/notes/a", headers={"If-None-Match": asked})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
        assert answer.headers["cache-control"] == PUBLIC
    write(runtime_of(client), "a", 1)
    assert client.get("/notes/a", headers={"If-None-Match": etag}).status_code == 200
    assert len(notes.drawn) == 2


def test_the_first_who_asks_conditionally_is_answered_conditionally(shop: Any, notes: Notes) -> None:
    """A crawler may come before anybody else; its page is kept whole nevertheless."""
    client = shop()
    etag = client.get("/notes/a").headers["etag"]
    write(runtime_of(client), "a", 0)
    assert client.get("/notes/a", headers={"If-None-Match": etag}).status_code == 304
    assert client.get("/notes/a").text.startswith("<title>a")
    assert len(notes.drawn) == 2


def test_head_has_the_headers_of_get_and_makes_the_page_for_it(shop: Any, notes: Notes) -> None:
    client = shop()
    first = client.head("/notes/a")
    second = client.get("/notes/a")
    third = client.head("/notes/a")
    assert (first.content, third.content) == (b"", b"")
    assert first.headers["content-length"] == third.headers["content-length"] == str(len(second.content))
    assert first.headers["etag"] == second.headers["etag"] == third.headers["etag"]
    assert notes.drawn == ["a?"]


def test_a_fragment_is_kept_apart_from_the_page(shop: Any, notes: Notes) -> None:
    client = shop()
    partial = {"HX-Request": "true", "HX-Request-Type": "partial"}
    for _ in range(2):
        assert client.get("/notes/a", headers=partial).text == "part of a"
        assert client.get("/notes/a").text.startswith("<title>")
        assert client.get("/notes/a", headers={"HX-Request": "true"}).text.startswith("<title>")
    assert client.get("/notes/a", headers=partial).headers["cache-control"] == "private, max-age=0, must-revalidate"
    assert len(notes.drawn) == 3


@pytest.mark.parametrize(("name", "status"), [("missing", 404), ("moved", 301)])
def test_refusals_and_redirects_are_not_kept(shop: Any, notes: Notes, name: str, status: int) -> None:
    client = shop()
    for _ in range(2):
        answer = client.get(f"/notes/{name}", follow_redirects=False)
        assert answer.status_code == status
    assert len(runtime_of(client).pages.plain) == 0
    if status == 404:
        assert answer.headers["cache-control"] == "no-store"


def test_a_page_that_sets_a_cookie_is_not_kept(shop: Any, notes: Notes) -> None:
    client = shop()
    for _ in range(2):
        answer = client.get("/notes/marked")
        assert (answer.cookies["mark"], answer.headers["cache-control"]) == ("1", "no-store")
    assert len(runtime_of(client).pages.plain) == 0


def test_a_page_that_asks_who_it_is_for_is_drawn_for_them_and_not_kept(shop: Any, notes: Notes) -> None:
    notes.in_page = lambda ctx: ctx.actor.kind
    client = shop()
    for _ in range(2):
        answer = client.get("/notes/a")
        assert "anonymous" in answer.text
        assert answer.headers["cache-control"] == "no-store"
    assert len(runtime_of(client).pages.plain) == 0


def test_what_another_context_of_the_page_asks_and_tags_counts_too(shop: Any, notes: Notes) -> None:
    client = shop()
    notes.in_page = lambda ctx: ctx.with_locale("zh").tag("note:b") or ""
    client.get("/notes/a")
    write(runtime_of(client), "b", 1)
    client.get("/notes/a")
    assert len(notes.drawn) == 2
    notes.in_page = lambda ctx: ctx.with_locale("zh").actor.kind
    client.get("/notes/c")
    assert client.get("/notes/c").headers["cache-control"] == "no-store"


def test_a_page_is_wrong_from_the_moment_it_named(shop: Any, notes: Notes) -> None:
    now = [datetime(2026, 11, 23, tzinfo=UTC)]
    client = shop(clock=lambda: now[0])
    notes.in_page = lambda ctx: ctx.holds_until(now[0] + timedelta(minutes=5)) or ""
    client.get("/notes/a")
    now[0] += timedelta(minutes=4, seconds=59)
    client.get("/notes/a")
    assert len(notes.drawn) == 1
    now[0] += timedelta(seconds=1)
    client.get("/notes/a")
    assert len(notes.drawn) == 2


def test_a_cdn_keeps_the_default_segment_for_as_long_as_the_operator_says_and_the_page_holds(shop: Any, notes: Notes) -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    client = shop(more="[pagecache]\ncdn_seconds = 60", clock=lambda: now)
    assert client.get("/notes/a").headers["cache-control"] == "public, max-age=0, s-maxage=60, stale-while-revalidate=60"
    notes.in_page = lambda ctx: ctx.holds_until(now + timedelta(seconds=20)) or ""
    assert client.get("/notes/b").headers["cache-control"] == "public, max-age=0, s-maxage=20, stale-while-revalidate=20"
    client.post("/segment", data={"currency": "EUR"})
    assert client.get("/notes/a").headers["cache-control"] == "private, max-age=0, must-revalidate"


def test_saved_settings_drop_every_page(shop: Any, notes: Notes) -> None:
    from marketry.settings.saving import choose_theme

    client = shop()
    client.get("/notes/a")
    ctx = runtime_of(client).context()
    with ctx.writing():
        choose_theme(ctx, "")
    client.get("/notes/a")
    assert len(notes.drawn) == 2


def test_switched_off_every_page_is_drawn(shop: Any, notes: Notes) -> None:
    client = shop(more="[pagecache]\nenabled = false")
    client.get("/notes/a")
    client.get("/notes/a")
    assert len(notes.drawn) == 2


def test_the_oldest_pages_go_when_there_are_too_many(shop: Any, notes: Notes) -> None:
    notes.in_page = lambda ctx: "x" * 50_000
    client = shop(more="[pagecache]\nmegabytes = 1")
    for i in range(40):
        client.get(f"/notes/n{i}")
    pages = runtime_of(client).pages
    assert 0 < pages.plain.size <= 0.75 * 2**20
    client.get("/notes/n39")
    assert len(notes.drawn) == 40
    client.get("/notes/n0")
    assert len(notes.drawn) == 41


def test_queries_can_not_push_out_plain_pages(shop: Any, notes: Notes) -> None:
    notes.in_page = lambda ctx: "x" * 20_000
    client = shop(more="[pagecache]\nmegabytes = 1")
    client.get("/notes/a")
    for i in range(60):
        client.get(f"/notes/a?sort={i}")
    client.get("/notes/a")
    assert len(notes.drawn) == 61


def test_the_table_of_settings_is_checked_at_boot(make_site: Any) -> None:
    from marketry.settings.site import SiteError

    for i, (line, said) in enumerate(
        {"megabytes = 0": "from 1 to 65536", "enabled = 'maybe'": "true or false", "size = 3": "no setting 'size'"}.items()
    ):
        with pytest.raises(SiteError, match=said):
            make_site(name=f"site{i}", more=f"[pagecache]\n{line}")
