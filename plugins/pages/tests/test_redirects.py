"""Addresses that nobody answers: where they lead, which rules are refused, files of rules, and what is counted."""

import re

import pytest
from sqlalchemy import select

from marketry.plugins.manifest import Plugin
from marketry.testing import inline_plugin
from marketry.testing.clients import client_of
from marketry.web.values import SYSTEM, Actor, ActorKind
from marketry_pages import counting, redirects
from marketry_pages.counting import countable
from marketry_pages.domain.rules import BadRule, Rule, read_rule, refuse_chain
from marketry_pages.models import missing, redirect

PERMISSIONS = frozenset({"pages.redirect.read", "pages.redirect.write"})


@pytest.fixture
def site(make_site, database):
    staff = Actor(ActorKind.STAFF, "staff:1", "Ada", PERMISSIONS)
    door = inline_plugin(
        Plugin(id="door", title="Door"),
        resolve_actor=lambda ctx, request: staff if request.url.path.startswith("/admin") else None,
    )
    return make_site("pages", locales=["en", "zh"], extra=[door])


@pytest.fixture
def client(site):
    return client_of(site, follow_redirects=False)


def rule(site, source, target, status=301):
    ctx = site.context(actor=SYSTEM)
    with ctx.writing():
        redirects.save_rule(ctx, source, target, status)


def led(client, path):
    answer = client.get(path)
    return answer.status_code, answer.headers.get("location")


def test_a_rule_leads_in_every_language_and_keeps_the_query(site, client):
    rule(site, "/old", "/pages/new")
    assert led(client, "/old") == (301, "/pages/new")
    assert led(client, "/zh/old?a=1") == (301, "/zh/pages/new?a=1")


def test_a_rule_of_one_language_leads_there_alone(site, client):
    rule(site, "/zh/旧", "https://example.com/x", 302)
    assert led(client, "/zh/旧") == (302, "https://example.com/x")
    assert led(client, "/旧") == (404, None)


def test_the_nearest_prefix_answers_and_an_exact_rule_before_it(site, client):
    rule(site, "/blog/*", "/journal")
    rule(site, "/blog/2020/*", "/archive/*")
    rule(site, "/blog/2020/one", "/pages/one")
    assert led(client, "/blog") == (301, "/journal")
    assert led(client, "/blog/x/y") == (301, "/journal")
    assert led(client, "/blog/2020/two/b") == (301, "/archive/two/b")
    assert led(client, "/blog/2020/one") == (301, "/pages/one")
    assert led(client, "/blogs") == (404, None)


def test_what_is_gone_says_so(site, client):
    rule(site, "/old", "", 410)
    answer = client.get("/old")
    assert answer.status_code == 410
    assert "This page is gone" in answer.text


def test_a_page_that_answers_is_never_redirected(site, client):
    rule(site, "/journal", "/elsewhere")
    assert client.get("/journal").status_code == 200


def test_only_pages_of_the_shop_are_redirected(site, client):
    rule(site, "/account/x", "/pages/y")
    assert client.get("/account/x").status_code == 404
    assert client.post("/old").status_code in (404, 405)
    assert client.get("/api/v1/old").status_code == 404


@pytest.mark.parametrize(
    ("source", "target", "status", "code"),
    [
        ("old", "/x", 301, "bad_source"),
        ("/", "/x", 301, "bad_source"),
        ("//evil.example", "/x", 301, "bad_source"),
        ("/admin/plugins", "/x", 301, "closed_source"),
        ("/old", "//evil.example", 301, "bad_target"),
        ("/old", "javascript:x()", 301, "bad_target"),
        ("/old", "/a b", 301, "bad_target"),
        ("/old", "/new/*", 301, "bad_star"),
        ("/old", "", 301, "bad_target"),
        ("/old", "/x", 410, "gone_leads_nowhere"),
        ("/old", "/x", 303, "bad_status"),
    ],
)
def test_what_is_no_rule_is_refused(source, target, status, code):
    with pytest.raises(BadRule) as refused:
        read_rule(source, target, status)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("new", "there", "code"),
    [
        (("/a", "/a"), [], "loop"),
        (("/a", "/a?x=1"), [], "loop"),
        (("/a/*", "/a/b/*"), [], "loop"),
        (("/a", "/b"), [("/b", "/c")], "chain"),
        (("/a", "/b/x"), [("/b/*", "/c")], "chain"),
        (("/a", "/c"), [("/z", "/a")], "chained"),
        (("/a/*", "/c"), [("/z", "/a/b")], "chained"),
    ],
)
def test_circles_and_chains_are_refused(new, there, code):
    rules = [read_rule(*pair, 301) for pair in there]
    with pytest.raises(BadRule) as refused:
        refuse_chain(read_rule(*new, 301), {one.source: one for one in rules})
    assert refused.value.code == code


def test_a_second_rule_for_an_address_and_a_chain_change_nothing(site, client):
    rule(site, "/a", "/b")
    for source, target, code in (("/a", "/c", "taken"), ("/x", "/a", "chain"), ("/b", "/c", "chained")):
        with pytest.raises(Exception, match=code):
            rule(site, source, target)
    with site.context().reading() as session:
        assert [(r.source, r.target) for r in session.execute(select(redirect))] == [("/a", "/b")]


FILE = "from,to,status\n/a,/b,\n/c/*,/d/*,302\n/e,,410\nbad,/x,\n/f,/a,301\n/a,/z,301\n"


def imported(site, text, dry_run):
    ctx = site.context(actor=SYSTEM)
    with ctx.writing():
        return redirects.import_rules(ctx, text, dry_run=dry_run)


def test_a_dry_run_names_wrong_rows_and_writes_nothing(site):
    report = imported(site, FILE, True)
    assert (report.created, report.changed) == (3, 0)
    assert [(e.row, e.column) for e in report.errors] == [(5, "from"), (6, "to"), (7, "from")]
    assert imported(site, FILE, True).created == 3


def test_what_is_exported_can_be_imported_again(site):
    assert imported(site, FILE, False).created == 3
    ctx = site.context()
    with ctx.reading():
        text = redirects.exported(ctx)
    assert text.splitlines() == ["from,to,status,hits", "/a,/b,301,0", "/c/*,/d/*,302,0", "/e,,410,0"]
    again = imported(site, "\ufeff" + text, False)
    assert (again.created, again.changed, again.unchanged, again.errors) == (0, 0, 3, [])
    assert imported(site, "from,to\n/a,/q\n", False).changed == 1


def test_use_and_misses_are_counted_without_anything_of_a_person(site, client):
    rule(site, "/old", "/journal")
    for path in (
        "/old",
        "/old",
        "/nowhere?email=a@b.example",
        "/nowhere",
        "/reset/ada@example.com",
        "/t/4f9c2b1e8a7d6c5b4a3f2e1d0c9b8a7f",
    ):
        client.get(path)
    ctx = site.context()
    with ctx.reading() as session:
        assert session.execute(select(missing)).all() == []
    counting.write(ctx, now=True)
    with ctx.reading() as session:
        assert [(r.path, r.asked) for r in session.execute(select(missing))] == [("/nowhere", 2)]
        assert session.execute(select(redirect.c.hits)).scalar_one() == 2


@pytest.mark.parametrize(("path", "kept"), [("/a", True), ("/" + "a" * 200, False), ("/a\n", False), ("/炉边-马克杯", True)])
def test_what_may_be_kept_of_a_missing_address(path, kept):
    assert countable(path) is kept


def test_the_report_keeps_the_most_asked(site, monkeypatch):
    monkeypatch.setattr(counting, "MOST_KEPT", 2)
    ctx = site.context(actor=SYSTEM)
    for path, times in (("/one", 1), ("/two", 2), ("/three", 3)):
        for _ in range(times):
            counting.count_missing(ctx, path)
    counting.write(ctx, now=True)
    counting.tidy(ctx)
    with ctx.reading() as session:
        assert sorted(session.execute(select(missing.c.path)).scalars()) == ["/three", "/two"]


def post(client, page, path, **fields):
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    return client.post(path, data={"csrf_token": token[1], **fields})


def test_staff_write_change_and_delete_rules(site, client):
    new = "/admin/redirects/new"
    answer = post(client, new, new, source="/old/*", target="/journal", status="302")
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/redirects")
    assert led(client, "/old/x") == (302, "/journal")
    with site.context().reading() as session:
        rule_id = session.execute(select(redirect.c.id)).scalar_one()
    wrong = post(client, new, f"/admin/redirects/{rule_id}", source="/old", target="/old", status="301")
    assert wrong.status_code == 422
    assert "This would lead in a circle." in wrong.text
    assert post(client, new, f"/admin/redirects/{rule_id}/delete").status_code == 303
    assert led(client, "/old/x") == (404, None)


def test_the_404_report_offers_a_redirect(site, client):
    client.get("/nowhere")
    counting.write(site.context(), now=True)
    page = client.get("/admin/redirects/missing").text
    assert 'href="/admin/redirects/new?source=/nowhere"' in page
    assert 'value="/nowhere"' in client.get("/admin/redirects/new?source=/nowhere").text


def test_a_rule_that_answers_is_read_back_as_it_was_written():
    assert read_rule(" /Old/* ", "/new/*", 301) == Rule("/Old", "/new/*", 301, True)
    assert read_rule("/%E6%97%A7/?q=1", "/x", 301).source == "/旧"
