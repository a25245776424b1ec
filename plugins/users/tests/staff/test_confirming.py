"""Dangerous deeds ask again: by password, code, or a fresh link."""

import re

import pytest
from plugins.backoffice.tests.staff_client import post
from plugins.users.tests.staff.office import (
    OWNER,
    PASSWORD,
    bearer,
    browser_of,
    hire,
    owner_of,
    phone_of,
    roles_of,
    send,
    token_made,
)

DANGEROUS = ("/admin/staff/invite", "/admin/roles/new", "/admin/tokens/new", "/admin/me/password", "/admin/me/factor")


@pytest.fixture
def owner(shop):
    return owner_of(shop)


def place_of(answer):
    return answer.status_code, answer.headers.get("location", "").partition("?")[0]


def test_ten_minutes_after_signing_in_dangerous_pages_ask_again(owner, clock):
    assert [owner.get(path).url.path for path in DANGEROUS] == list(DANGEROUS)
    clock.forward(minutes=11)
    answers = {path: place_of(owner.get(path, follow_redirects=False)) for path in DANGEROUS}
    assert answers == dict.fromkeys(DANGEROUS, (303, "/admin/confirm"))
    assert owner.get("/admin/staff").status_code == 200


def test_a_dangerous_deed_is_not_done_before_it_is_confirmed(shop, owner, clock):
    number = hire(shop, "carl@example.com")
    clock.forward(minutes=11)
    answer = send(owner, f"/admin/staff/{number}/roles", roles=["manager"])
    assert place_of(answer) == (303, "/admin/confirm")
    api = owner.put(f"/api/v1/admin/staff/{number}/roles", json={"roles": ["manager"]})
    assert (api.status_code, api.json()["code"]) == (403, "reauthentication_required")
    assert roles_of(shop, "carl@example.com") == []
    wrong = post(
        owner, "/admin/confirm?next=/admin/roles/new", form_on="/admin/confirm", password="wrong", next="/admin/roles/new"
    )
    assert wrong.status_code == 422
    right = post(owner, "/admin/confirm", password=PASSWORD, next="/admin/roles/new")
    assert (right.status_code, right.url.path) == (200, "/admin/roles/new")
    assert send(owner, f"/admin/staff/{number}/roles", roles=["manager"]).status_code == 303
    assert roles_of(shop, "carl@example.com") == ["manager"]


def test_a_code_confirms_once(shop, owner, clock):
    app, _ = phone_of(shop, OWNER)
    clock.forward(minutes=11)
    code = app.at(clock.now)
    assert post(owner, "/admin/confirm", code=code).url.path == "/admin"
    clock.forward(seconds=20)
    assert post(owner, "/admin/confirm", code=code).status_code == 422


def test_guessing_at_the_confirmation_is_limited(owner, clock):
    clock.forward(minutes=11)
    statuses = [post(owner, "/admin/confirm", password=f"guess {n}").status_code for n in range(11)]
    assert statuses == [422] * 10 + [429]


def test_confirming_prolongs_no_session(owner, clock):
    clock.forward(minutes=50)
    for _ in range(14):
        post(owner, "/admin/confirm", password=PASSWORD)
        clock.forward(minutes=50)
    assert owner.get("/admin/me", follow_redirects=False).status_code == 303


def test_the_page_leads_back_into_the_back_office_only(owner, clock):
    page = owner.get("/admin/confirm?next=https://evil.example/").text
    assert re.search(r'name="next" value="([^"]*)"', page)[1] == "/admin"


def test_a_form_that_came_too_late_leads_back_to_its_page(owner, clock):
    clock.forward(minutes=11)
    token = re.search(r'name="csrf_token" value="([^"]+)"', owner.get("/admin/me").text)[1]
    headers = {"Referer": "http://testserver/admin/roles/new?from=support"}
    answer = owner.post("/admin/roles/new", data={"csrf_token": token, "name": "X"}, headers=headers, follow_redirects=False)
    assert answer.headers["location"] == "/admin/confirm?next=/admin/roles/new"


def test_a_program_is_not_asked(shop, owner, clock):
    number = hire(shop, "carl@example.com")
    program = bearer(shop, token_made(owner, "users.staff.write", "users.staff.read"))
    clock.forward(minutes=11)
    assert program.put(f"/api/v1/admin/staff/{number}/roles", json={"roles": []}).status_code == 200


def test_without_a_password_a_fresh_link_confirms(make_site, clock):
    from plugins.backoffice.tests.staff_client import admin_link, signed_in

    site = make_site("backoffice", clock=clock)
    ada = signed_in(site)
    clock.forward(minutes=11)
    page = ada.get("/admin/plugins/backoffice/disable")
    assert page.url.path == "/admin/confirm"
    assert "Send me a link" in page.text
    assert 'name="password"' not in page.text
    sent = post(ada, "/admin/confirm/link", form_on="/admin/confirm", next="/admin/plugins/backoffice/disable")
    assert "A link is on its way to your address" in sent.text
    link = admin_link(site)
    post(ada, "/admin/enter", form_on=link, token=link.partition("token=")[2])
    assert ada.get("/admin/plugins/backoffice/disable").url.path == "/admin/plugins/backoffice/disable"


def test_the_browser_of_somebody_else_is_no_proof(shop, owner, clock):
    clock.forward(minutes=11)
    hire(shop, "carl@example.com", "support", password="carls own four words")
    carl = browser_of(shop, "carl@example.com", "carls own four words")
    assert post(carl, "/admin/confirm", password=PASSWORD).status_code == 422
