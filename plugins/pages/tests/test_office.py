"""Authors write, look at, take back; every save is kept with its author; files become pages."""

import re

import pytest
from sqlalchemy import select

from marketry.audit import AUDIT
from marketry.plugins.manifest import Plugin
from marketry.testing import inline_plugin
from marketry.testing.clients import client_of
from marketry.web.values import SYSTEM, Actor, ActorKind
from marketry_pages.importing import import_pages
from marketry_pages.models import entry, revision

READ, WRITE = "pages.page.read", "pages.page.write"
TYPED = {
    "kind": "page",
    "title.en": "Returns",
    "title.zh": "退换",
    "body.en": "*Thirty* days.",
    "published": "1",
    "position": "5",
}
PAGE = "/admin/pages/returns"


class Staff:
    permissions = frozenset({READ, WRITE})


@pytest.fixture
def staff():
    return Staff()


@pytest.fixture
def site(make_site, database, staff):
    def resolve_actor(ctx, request):
        return Actor(ActorKind.STAFF, "staff:1", "Ada", staff.permissions)

    door = inline_plugin(Plugin(id="door", title="Door"), resolve_actor=resolve_actor)
    return make_site("pages", locales=["en", "zh"], extra=[door])


@pytest.fixture
def client(site):
    return client_of(site, follow_redirects=False)


def send(client, page, path, **fields):
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    return client.post(path, data={"csrf_token": token[1] if token else "", **fields})


def made(client, **more):
    return send(client, "/admin/pages/new?kind=page", "/admin/pages/new", **(TYPED | more))


def changed(client, **more):
    return send(client, PAGE, PAGE, **(TYPED | more))


def revisions(site):
    with site.context().reading() as session:
        rows = session.execute(select(revision).order_by(revision.c.number)).all()
    return [(row.number, row.actor_name, row.content["title"].get("en")) for row in rows]


def test_a_page_is_written_shown_and_kept_with_its_author(site, client):
    answer = made(client)
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert "<em>Thirty</em> days." in client.get("/pages/returns").text
    assert client.get("/zh/pages/退换").status_code == 200
    assert revisions(site) == [(1, "Ada", "Returns")]
    with site.context().reading() as session:
        assert session.execute(select(AUDIT.c.action, AUDIT.c.subject)).all() == [("pages.entry.create", "page:returns")]


def test_a_revision_shows_what_changed_and_comes_back(site, client):
    made(client)
    changed(client, **{"title.en": "Sending back", "revision": "1"})
    assert re.search(r"<td>Returns</td>\s*<td>Sending back</td>", client.get(f"{PAGE}/revisions/2").text)
    assert send(client, f"{PAGE}/revisions/1", f"{PAGE}/revisions/1/restore").status_code == 303
    assert revisions(site) == [(1, "Ada", "Returns"), (2, "Ada", "Sending back"), (3, "Ada", "Returns")]


def test_who_began_with_an_older_revision_overwrites_nobody(site, client):
    made(client)
    assert changed(client, **{"title.en": "Mine", "revision": "1"}).status_code == 303
    late = changed(client, **{"title.en": "Late", "revision": "1"})
    assert late.status_code == 409
    assert "Somebody has saved this page since you opened it." in late.text
    assert revisions(site)[-1] == (2, "Ada", "Mine")


def test_a_preview_shows_what_is_typed_and_saves_nothing(site, client):
    answer = send(client, "/admin/pages/new?kind=page", "/admin/pages/preview", **(TYPED | {"preview": "zh"}))
    assert '<h1 class="page__title">退换</h1>' in answer.text
    assert '<html lang="zh-Hans"' in answer.text
    assert "no-store" in answer.headers["cache-control"]
    assert revisions(site) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title.en": ""}, "title.en"),
        ({"slug.en": "A b"}, "slug.en"),
        ({"title.fr": "x"}, "title.fr"),
        ({"publish_at": "2026-02-01T10:00", "publish_until": "2026-01-01T10:00"}, "publish_until"),
        ({"placement": "top"}, "placement"),
    ],
)
def test_what_is_wrong_is_named_and_changes_nothing(site, client, wrong, field):
    answer = made(client, **wrong)
    assert answer.status_code == 422
    assert f'href="#f-{field.replace(".", "-")}"' in answer.text
    assert revisions(site) == []


def test_an_address_in_use_is_refused(site, client):
    made(client)
    assert made(client, **{"slug.en": "returns"}).status_code == 409
    assert len(revisions(site)) == 1


def test_deleting_asks_first(client):
    made(client)
    assert "Delete Returns?" in send(client, PAGE, f"{PAGE}/delete").text
    assert client.get("/pages/returns").status_code == 200
    send(client, PAGE, f"{PAGE}/delete", sure="1")
    assert client.get("/pages/returns").status_code == 404


@pytest.mark.parametrize(("permissions", "read", "write"), [((), 403, 403), ((READ,), 200, 403), ((READ, WRITE), 200, 200)])
def test_each_page_asks_for_its_permission(client, staff, permissions, read, write):
    staff.permissions = frozenset(permissions)
    assert client.get("/admin/pages").status_code == read
    assert client.get("/admin/pages/new").status_code == write
    assert client.get("/admin/redirects").status_code == 403


POST = "---\ntitle: {}\ntags: [clay]\nproducts: [bowl]\npublished_days_ago: 3\n---\nWords.\n"


def files(folder, texts):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
    return folder


def test_files_of_several_languages_become_one_post_and_stay_one(site, tmp_path, client):
    texts = {"bare-foot.en": POST.format("Bare foot"), "bare-foot.zh": POST.format("底足")}
    folder, ctx = files(tmp_path / "posts", texts), site.context(actor=SYSTEM)
    first, again = import_pages(ctx, folder), import_pages(ctx, folder)
    assert (first.created, first.errors, again.created, again.changed, again.unchanged) == (1, [], 0, 0, 1)
    assert client.get("/zh/journal/底足").status_code == 200
    assert client.get("/zh/journal/bare-foot").headers["location"] == "/zh/journal/%E5%BA%95%E8%B6%B3"


def test_the_first_heading_is_the_title_where_a_file_has_no_header(site, tmp_path, client):
    folder = files(tmp_path / "policies", {"returns.en": "# Sending back\n\nWithin 30 days.\n"})
    import_pages(site.context(actor=SYSTEM), folder)
    assert '<h1 class="page__title">Sending back</h1>' in client.get("/policies/sending-back").text
    assert client.get("/policies/returns").status_code == 301


def test_wrong_files_are_named_and_change_nothing(site, tmp_path):
    texts = {
        "good.en": POST.format("Good"),
        "open.en": "---\ntitle: x\n",
        "strange.en": "---\ncolour: red\n---\nx",
        "gone.en": "---\ntitle: x\npicture: ../../../../etc/hostname\n---\nx",
        "french.fr": "x",
        "untitled.en": "x",
    }
    folder, ctx = files(tmp_path / "posts", texts), site.context(actor=SYSTEM)
    wrong = [
        ("french.fr.md", ""),
        ("gone.en.md", "picture"),
        ("open.en.md", ""),
        ("strange.en.md", "colour"),
        ("untitled.en.md", "title.en"),
    ]
    for dry_run, kept in ((True, []), (False, ["good"])):
        report = import_pages(ctx, folder, dry_run=dry_run)
        assert report.created == 1
        assert sorted((error.file, error.column) for error in report.errors) == wrong
        with ctx.reading() as session:
            assert list(session.execute(select(entry.c.handle)).scalars()) == kept
