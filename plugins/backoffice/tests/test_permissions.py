"""Each page of the back office and who may open it."""

import pytest
from plugins.backoffice.tests.staff_client import signed_in, token_in
from starlette.routing import Route

from marketry.testing.clients import client_of
from marketry_backoffice.plugin import plugin

PAGES = {
    "/admin": "backoffice.dashboard.read",
    "/admin/search": "backoffice.dashboard.read",
    "/admin/outbox": "backoffice.outbox.read",
    "/admin/outbox/mails": "backoffice.outbox.read",
    "/admin/plugins": "backoffice.plugin.read",
    "/admin/plugins/backoffice": "backoffice.plugin.read",
    "/admin/plugins/shipping/enable": "backoffice.plugin.write",
    "/admin/plugins/shipping/disable": "backoffice.plugin.write",
    "/admin/audit": "backoffice.audit.read",
    "/admin/system": "backoffice.system.read",
    "/admin/design": "backoffice.system.read",
    "/admin/design/shop": "backoffice.system.read",
    "/admin/design/theme": "backoffice.plugin.read",
    "/admin/design/theme/preview.css": "backoffice.plugin.read",
}
DEEDS = {
    "/admin/outbox/1/run": "backoffice.outbox.write",
    "/admin/outbox/1/park": "backoffice.outbox.write",
    "/admin/outbox/1/discard": "backoffice.outbox.write",
    "/admin/outbox/mails/1/send": "backoffice.outbox.write",
    "/admin/plugins/shipping/enable": "backoffice.plugin.write",
    "/admin/plugins/shipping/disable": "backoffice.plugin.write",
    "/admin/plugins/backoffice/settings": "backoffice.plugin.write",
    "/admin/plugins/backoffice/connections/none": "backoffice.plugin.write",
    "/admin/system/mail/test": "backoffice.plugin.write",
    "/admin/system/theme": "backoffice.plugin.write",
    "/admin/design/theme": "backoffice.plugin.write",
    "/admin/design/theme/choose": "backoffice.plugin.write",
    "/admin/design/theme/preview": "backoffice.plugin.read",
}
ALL = frozenset(permission.code for permission in plugin.permissions)


@pytest.fixture
def site(make_site):
    return make_site("backoffice", theme="atelier")  # the page of the theme is there where a theme is


def test_every_permission_guards_something():
    assert {*PAGES.values(), *DEEDS.values()} == ALL


def test_who_holds_a_pages_permission_opens_it_and_who_holds_all_others_does_not(site):
    with_all_but = {code: signed_in(site, ALL - {code}, f"{code}@example.com") for code in set(PAGES.values())}
    with_only = {code: signed_in(site, {code}, f"only-{code}@example.com") for code in set(PAGES.values())}
    assert {page: with_only[code].get(page).status_code for page, code in PAGES.items()} == dict.fromkeys(PAGES, 200)
    assert {page: with_all_but[code].get(page).status_code for page, code in PAGES.items()} == dict.fromkeys(PAGES, 403)


def test_a_deed_needs_its_permission(site):
    for code in set(DEEDS.values()):
        client = signed_in(site, ALL - {code}, f"{code}@example.com")
        token = token_in(client.get("/admin").text)
        deeds = [path for path, needed in DEEDS.items() if needed == code]
        statuses = {path: client.post(path, data={"csrf_token": token, "theme": ""}).status_code for path in deeds}
        assert statuses == dict.fromkeys(deeds, 403)
    assert "shipping" not in site.listed


def test_strangers_are_sent_to_the_sign_in_page_and_change_nothing(site):
    client = client_of(site)
    for page in PAGES:
        answer = client.get(page, follow_redirects=False)
        assert (answer.status_code, answer.headers.get("location", "").partition("?")[0]) == (303, "/admin/sign-in"), page
    token = token_in(client.get("/admin/sign-in").text)
    for deed in DEEDS:
        answer = client.post(deed, data={"csrf_token": token}, follow_redirects=False)
        assert answer.status_code in (303, 401, 403), deed


def test_no_page_or_deed_of_this_plugin_is_missing_above(site):
    client = client_of(site)
    known = {("GET", p) for p in PAGES} | {("POST", p) for p in DEEDS}
    entry = {
        "/admin/sign-in",
        "/admin/sign-in/password",
        "/admin/enter",
        "/admin/sign-out",
        "/admin/confirm",
        "/admin/confirm/link",
    }
    routes = [r for r in client.app.routes if isinstance(r, Route) and r.path.startswith("/admin") and r.path not in entry]
    shapes = {(m, r.path) for r in routes for m in (r.methods or ()) if m in ("GET", "POST")}
    examples = {"{row:int}": "1", "{mail:int}": "1", "{name}": "none"}
    filled = set()
    for method, path in shapes:
        path = path.replace("{plugin}", "shipping" if "able" in path else "backoffice")
        for parameter, value in examples.items():
            path = path.replace(parameter, value)
        filled.add((method, path))
    rows = ("1", "1/park", "1/discard", "mails/1", "mails/1/html")
    assert filled - {("GET", f"/admin/outbox/{row}") for row in rows} == known


def test_the_menu_shows_what_may_be_opened(site):
    page = signed_in(site, {"backoffice.dashboard.read", "backoffice.audit.read"}).get("/admin").text
    menu = page.split('class="office__menu"')[1].split("</nav>")[0]
    assert 'href="/admin/audit"' in menu
    assert [path for path in ("/admin/outbox", "/admin/plugins", "/admin/system") if f'href="{path}"' in menu] == []
