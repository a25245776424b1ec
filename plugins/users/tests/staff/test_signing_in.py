"""Staff sign in by password or link, and by a second step where there is one."""

import re

import pyotp
import pytest
from plugins.backoffice.tests.staff_client import post, token_in
from plugins.users.tests.staff.office import (
    PASSWORD,
    browser_of,
    by_link,
    first_step,
    hire,
    is_in,
    link_for,
    phone_of,
    send,
    system,
)
from sqlalchemy import func, select

from marketry.testing.clients import visitor_of
from marketry.web.tables import SessionRow

ANNA = "anna@example.com"


def sessions(site):
    with site.context().reading() as session:
        return session.scalar(select(func.count()).select_from(SessionRow))


def test_a_password_lets_in_where_no_second_factor_is_needed(shop):
    hire(shop, ANNA, "manager")
    client = visitor_of(shop)
    answer = first_step(client, ANNA)
    assert (answer.status_code, answer.url.path) == (200, "/admin")
    assert is_in(client)


def test_a_wrong_password_and_an_unknown_address_are_told_alike(shop):
    hire(shop, ANNA, "manager")
    wrong = first_step(visitor_of(shop), ANNA, "not the password")
    unknown = first_step(visitor_of(shop), "eve@example.com", "not the password")
    said = [re.sub(r'value="[^"]*"', "", answer.text.split("<main", 1)[1]) for answer in (wrong, unknown)]
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert said[0] == said[1]
    assert sessions(shop) == 0


def test_ten_wrong_passwords_in_a_quarter_of_an_hour_are_enough(shop):
    hire(shop, ANNA, "manager")
    statuses = [first_step(visitor_of(shop), ANNA, f"guess number {n}").status_code for n in range(11)]
    assert statuses == [422] * 10 + [429]
    assert first_step(visitor_of(shop), ANNA).status_code == 429


def test_half_signed_in_is_a_stranger_everywhere(shop):
    hire(shop, ANNA, "owner")
    phone_of(shop, ANNA)
    client = visitor_of(shop)
    answer = first_step(client, ANNA)
    assert answer.url.path == "/admin/sign-in/code"
    assert sessions(shop) == 0
    pages = ("/admin", "/admin/me", "/admin/staff", "/admin/roles", "/admin/me/factor", "/admin/confirm")
    places = {client.get(path, follow_redirects=False).headers.get("location", "").partition("?")[0] for path in pages}
    assert places == {"/admin/sign-in"}
    assert client.get("/api/v1/admin/staff").status_code == 401
    token = token_in(client.get("/admin/sign-in/code").text)
    deeds = ("/admin/me", "/admin/me/password", "/admin/staff/invite", "/admin/confirm", "/admin/me/recovery-codes")
    statuses = {path: client.post(path, data={"csrf_token": token}, follow_redirects=False).status_code for path in deeds}
    assert statuses == dict.fromkeys(deeds, 401)
    assert client.get("/admin/sign-in/factor").url.path == "/admin/sign-in"


def test_the_session_begins_at_the_second_step_under_a_new_id(shop):
    hire(shop, ANNA, "owner")
    client = browser_of(shop, ANNA)
    app, _ = phone_of(shop, ANNA)
    shop.clock.forward(seconds=60)
    first_step(client, ANNA)
    before = client.cookies.get("staff")
    answer = post(client, "/admin/sign-in/code", code=app.at(shop.clock.now))
    assert answer.url.path == "/admin"
    assert client.cookies.get("staff") != before
    assert "staff_step" not in client.cookies
    assert (is_in(client), sessions(shop)) == (True, 1)


def test_a_code_lets_in_once(shop):
    hire(shop, ANNA, "owner")
    app, _ = phone_of(shop, ANNA)
    shop.clock.forward(seconds=60)
    code = app.at(shop.clock.now)
    first, second = visitor_of(shop), visitor_of(shop)
    first_step(first, ANNA)
    first_step(second, ANNA)
    assert post(first, "/admin/sign-in/code", code=code).url.path == "/admin"
    first_step(second, ANNA)
    assert post(second, "/admin/sign-in/code", code=code).status_code == 422
    assert sessions(shop) == 1


@pytest.mark.parametrize(("seconds", "status"), [(-60, 422), (-30, 303), (0, 303), (30, 303), (60, 422)])
def test_a_clock_may_be_one_step_off(shop, seconds, status):
    from datetime import timedelta

    hire(shop, ANNA, "owner")
    app, _ = phone_of(shop, ANNA)
    shop.clock.forward(minutes=5)
    client = visitor_of(shop)
    first_step(client, ANNA)
    token = token_in(client.get("/admin/sign-in/code").text)
    data = {"csrf_token": token, "code": app.at(shop.clock.now + timedelta(seconds=seconds))}
    assert client.post("/admin/sign-in/code", data=data, follow_redirects=False).status_code == status


def test_guessing_codes_ends_after_ten_and_the_right_one_no_longer_helps(shop):
    hire(shop, ANNA, "owner")
    app, _ = phone_of(shop, ANNA)
    shop.clock.forward(minutes=5)
    client = visitor_of(shop)
    first_step(client, ANNA)
    right = app.at(shop.clock.now)
    wrong = f"{(int(right) + 500_000) % 1_000_000:06}"
    statuses = [post(client, "/admin/sign-in/code", code=wrong).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]
    assert post(client, "/admin/sign-in/code", code=right).status_code == 429
    shop.clock.forward(minutes=15)
    first_step(client, ANNA)
    assert post(client, "/admin/sign-in/code", code=app.at(shop.clock.now)).url.path == "/admin"


def test_a_recovery_code_lets_in_once_and_never_another_person(shop):
    hire(shop, ANNA, "owner")
    hire(shop, "bert@example.com", "owner")
    _, codes = phone_of(shop, ANNA)
    phone_of(shop, "bert@example.com")
    bert = visitor_of(shop)
    first_step(bert, "bert@example.com")
    form = "/admin/sign-in/code"
    assert post(bert, "/admin/sign-in/recovery", form_on=form, recovery_code=codes[0]).status_code == 422
    first = visitor_of(shop)
    first_step(first, ANNA)
    typed = codes[0].upper().replace("-", " ")
    assert post(first, "/admin/sign-in/recovery", form_on=form, recovery_code=typed).url.path == "/admin"
    second = visitor_of(shop)
    first_step(second, ANNA)
    assert post(second, "/admin/sign-in/recovery", form_on=form, recovery_code=codes[0]).status_code == 422
    assert (is_in(first), is_in(second)) == (True, False)


def test_new_recovery_codes_make_the_old_ones_worthless(shop):
    hire(shop, ANNA, "owner")
    _, codes = phone_of(shop, ANNA)
    client = visitor_of(shop)
    first_step(client, ANNA)
    post(client, "/admin/sign-in/recovery", form_on="/admin/sign-in/code", recovery_code=codes[0])
    page = post(client, "/admin/me/recovery-codes", form_on="/admin/me")
    new = re.findall(r"<code>([a-z2-7-]{19})</code>", page.text)
    assert len(new) == 10
    assert set(new) & set(codes) == set()
    again = visitor_of(shop)
    first_step(again, ANNA)
    assert post(again, "/admin/sign-in/recovery", form_on="/admin/sign-in/code", recovery_code=codes[1]).status_code == 422
    assert post(again, "/admin/sign-in/recovery", form_on="/admin/sign-in/code", recovery_code=new[0]).url.path == "/admin"


def test_a_link_is_a_first_step_only_where_a_second_factor_is_set_up(shop):
    hire(shop, ANNA, "owner")
    free = visitor_of(shop)
    assert by_link(free, link_for(shop, ANNA)).url.path == "/admin"
    app, _ = phone_of(shop, ANNA)
    shop.clock.forward(minutes=1)
    bound = visitor_of(shop)
    assert by_link(bound, link_for(shop, ANNA)).url.path == "/admin/sign-in/code"
    assert not is_in(bound)
    assert post(bound, "/admin/sign-in/code", code=app.at(shop.clock.now)).url.path == "/admin"


def test_who_needs_a_second_factor_sets_it_up_before_anything_else(strict_shop):
    site = strict_shop
    hire(site, ANNA, "owner")
    client = visitor_of(site)
    page = first_step(client, ANNA)
    assert page.url.path == "/admin/sign-in/factor"
    assert 'class="qr"' in page.text
    assert " style=" not in page.text
    secret = secret_on(page)
    assert not is_in(client)
    wrong = typed_on(client, page, code="000000")
    assert wrong.status_code == 422
    assert secret_on(wrong) == secret
    codes = typed_on(client, wrong, code=pyotp.TOTP(secret).at(site.clock.now))
    assert codes.status_code == 200
    assert len(re.findall(r"<code>[a-z2-7-]{19}</code>", codes.text)) == 10
    assert is_in(client)


def secret_on(page):
    return re.search(r'class="factor__secret">([A-Z2-7 ]+)<', page.text)[1].replace(" ", "")


def typed_on(client, page, **fields):
    """Send the form of a page that sets a factor up, as it stands there."""
    begun = re.search(r'name="begun" value="([^"]+)"', page.text)[1]
    return client.post("/admin/sign-in/factor", data={"csrf_token": token_in(page.text), "begun": begun, **fields})


def test_a_secret_that_another_browser_was_shown_becomes_nobodys_factor(strict_shop):
    """Somebody has stolen a password, looks at the secret, and leaves the confirming to the owner of the account."""
    site = strict_shop
    hire(site, ANNA, "owner")
    thief, anna = visitor_of(site), visitor_of(site)
    stolen = secret_on(first_step(thief, ANNA))
    page = first_step(anna, ANNA)
    assert secret_on(page) != stolen
    secret_on(thief.get("/admin/sign-in/factor"))  # once more, after Anna
    late = typed_on(anna, page, code=pyotp.TOTP(secret_on(page)).at(site.clock.now))
    assert late.status_code == 422
    seen = {stolen, secret_on(page)}
    assert secret_on(late) not in seen
    assert typed_on(anna, late, code=pyotp.TOTP(secret_on(late)).at(site.clock.now)).status_code == 200


def test_a_first_step_is_worth_nothing_once_the_password_or_the_factor_has_changed(shop):
    """A thief who has typed the password waits; its owner takes another one, or has the factor reset."""
    from marketry_users.staff.guarding import Guard

    number = hire(shop, ANNA, "owner")
    phone_of(shop, ANNA)
    shop.clock.forward(minutes=1)
    thief = visitor_of(shop)
    for change in ("set_password", "reset_factor"):
        assert first_step(thief, ANNA).url.path == "/admin/sign-in/code"
        shop.clock.forward(seconds=1)
        ctx = system(shop)
        if change == "set_password":
            Guard().set_password(ctx, number, PASSWORD)
        else:
            with ctx.writing():
                Guard().reset_factor(ctx, number)
        assert thief.get("/admin/sign-in/code").url.path == "/admin/sign-in"
        assert thief.get("/admin/sign-in/factor").url.path == "/admin/sign-in"
    assert not is_in(thief)


def test_a_half_of_somebody_who_was_blocked_meanwhile_gets_no_further(shop):
    from marketry_users.staff.people import block

    hire(shop, "olga@example.com", "owner")
    number = hire(shop, ANNA, "owner")
    app, _ = phone_of(shop, ANNA)
    shop.clock.forward(minutes=1)
    client = visitor_of(shop)
    first_step(client, ANNA)
    token = token_in(client.get("/admin/sign-in/code").text)
    ctx = system(shop)
    with ctx.writing():
        block(ctx, number)
    code = app.at(shop.clock.now)
    answer = client.post("/admin/sign-in/code", data={"csrf_token": token, "code": code}, follow_redirects=False)
    assert answer.headers["location"] == "/admin/sign-in"
    assert sessions(shop) == 0


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        ("/admin/staff", "/admin/staff"),
        ("/admin/orders?status=placed", "/admin/orders"),
        ("https://evil.example/admin", "/admin"),
        ("//evil.example/admin", "/admin"),
        ("/admin/../account", "/admin"),
        ("/\\evil.example", "/admin"),
        ("/admin\\@evil.example", "/admin"),
        ("javascript:alert(1)", "/admin"),
        ("/administrator", "/admin"),
        ("/admin/sign-out", "/admin"),
    ],
)
def test_next_leads_into_the_back_office_only(shop, wanted, place):
    hire(shop, ANNA, "owner")
    client = visitor_of(shop)
    page = client.get("/admin/sign-in", params={"next": wanted})
    data = {"csrf_token": token_in(page.text), "email": ANNA, "password": PASSWORD, "next": wanted}
    answer = client.post("/admin/sign-in/password", data=data, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].partition("?")[0] == place
    assert answer.headers["location"].startswith("/admin")


def test_idle_and_absolute_limits_are_the_sites(make_site, clock):
    more = "[settings.users]\nrequire_second_factor = false\n[security]\nstaff_idle_minutes = 10\nstaff_absolute_hours = 1\n"
    site = make_site("backoffice", "users", clock=clock, more=more)
    hire(site, ANNA, "owner")
    idle = browser_of(site, ANNA)
    clock.forward(minutes=9)
    assert is_in(idle)
    clock.forward(minutes=11)
    assert not is_in(idle)
    busy = browser_of(site, ANNA)
    for _ in range(6):
        clock.forward(minutes=9)
        assert is_in(busy)
    clock.forward(minutes=7)
    assert not is_in(busy)


def test_a_post_from_another_site_changes_nothing(shop):
    hire(shop, ANNA, "owner")
    client = browser_of(shop, ANNA)
    token = token_in(client.get("/admin/me").text)
    headers = {"Origin": "https://evil.example"}
    answer = client.post("/admin/me", data={"csrf_token": token, "name": "Eve"}, headers=headers, follow_redirects=False)
    assert (answer.status_code, "Eve" in client.get("/admin/me").text) == (403, False)
    without = client.post("/admin/me", data={"name": "Eve"}, follow_redirects=False)
    assert (without.status_code, "Eve" in client.get("/admin/me").text) == (403, False)
    json = client.put("/api/v1/admin/staff/1/roles", json={"roles": []}, headers={**headers, "Sec-Fetch-Site": "cross-site"})
    assert json.status_code == 403


def test_a_new_password_signs_out_everywhere_else(shop):
    hire(shop, ANNA, "owner")
    here, there = browser_of(shop, ANNA), browser_of(shop, ANNA)
    post(here, "/admin/me/password", password="another four words here")
    assert (is_in(here), is_in(there)) == (True, False)
    assert first_step(visitor_of(shop), ANNA).status_code == 422
    assert first_step(visitor_of(shop), ANNA, "another four words here").url.path == "/admin"


def test_sessions_are_listed_and_ended_one_by_one(shop):
    hire(shop, ANNA, "owner")
    here, there = browser_of(shop, ANNA), browser_of(shop, ANNA)
    ids = re.findall(r"/admin/me/sessions/([0-9a-f]{24})/end", here.get("/admin/me").text)
    assert len(ids) == 1
    assert send(here, f"/admin/me/sessions/{ids[0]}/end").status_code == 303
    assert (is_in(here), is_in(there)) == (True, False)
    assert send(here, f"/admin/me/sessions/{ids[0]}/end").status_code == 404
