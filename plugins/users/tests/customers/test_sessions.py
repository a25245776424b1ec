"""What a session is worth: nothing that was planted before, nothing after signing out, nothing after a new password."""

from typing import Any

from .conftest import ADA, PASSWORD

NEW = "five blue bowls"


def test_a_session_planted_before_signing_in_is_worth_nothing_after(shop: Any) -> None:
    """Session fixation: whatever id the browser had, it gets another one."""
    shop.register()
    victim, attacker = shop.browser(), shop.browser()
    victim.plant("planted-by-somebody-else")
    victim.sign_in()
    assert victim.signed_in
    assert victim.client.cookies["session"] != "planted-by-somebody-else"
    attacker.plant("planted-by-somebody-else")
    assert not attacker.signed_in
    assert [mail for mail in shop.rows("SELECT hash FROM kernel_session") if "planted" in mail.hash] == []


def test_a_session_of_the_attackers_own_that_is_planted_does_not_become_the_victims(shop: Any) -> None:
    mallory, ada = shop.register("mallory@example.com", name="Mallory"), shop.register()
    planted = mallory.client.cookies["session"]
    victim = shop.browser()
    victim.plant(planted)
    victim.post("/account/details", to="/account/sign-out")
    victim.sign_in()
    assert "Ada" in victim.get("/account").text
    assert victim.client.cookies["session"] != planted
    assert ada.signed_in


def test_the_session_and_the_csrf_token_are_new_after_signing_in_and_after_each_change_of_rights(shop: Any) -> None:
    ada = shop.register()
    seen = [ada.client.cookies["session"]]
    tokens = [ada.client.cookies["csrf"]]

    def note() -> None:
        seen.append(ada.client.cookies["session"])
        tokens.append(ada.client.cookies["csrf"])

    ada.post("/account", to="/account/sign-out")
    ada.sign_in()
    note()
    ada.post("/account/security", to="/account/security/password", current=PASSWORD, password=NEW)
    note()
    ada.post("/account/security", to="/account/security/email", email="ada@new.example", password=NEW)
    ada.post(shop.link("ada@new.example", "new_email"), to="/account/email", token=shop.token("ada@new.example", "new_email"))
    note()
    assert ada.signed_in
    assert len(set(seen)) == len(set(tokens)) == 4
    stale = shop.browser()
    for former in seen[:-1]:
        stale.plant(former)
        assert not stale.signed_in


def test_after_signing_out_the_old_cookie_opens_nothing(shop: Any) -> None:
    ada = shop.register()
    cookie = ada.client.cookies["session"]
    ada.post("/account", to="/account/sign-out")
    again = shop.browser()
    again.plant(cookie)
    assert not again.signed_in
    assert shop.count("kernel_session") == 0
    assert ada.get("/account/badge").text.strip() == ""


def test_a_new_password_ends_all_other_sessions_and_every_open_link(shop: Any) -> None:
    ada, phone = shop.register(), shop.browser()
    phone.sign_in()
    token = shop.browser().client.post("/api/v1/sessions", json={"email": ADA, "password": PASSWORD}).json()["token"]
    program = {"Authorization": f"Bearer {token}"}
    assert phone.signed_in
    phone.post("/account/reset", email=ADA)
    link = shop.link(ADA, "reset")
    ada.post("/account/security", to="/account/security/password", current=PASSWORD, password=NEW)
    assert ada.signed_in
    assert not phone.signed_in
    assert shop.browser().get("/api/v1/customer", headers=program).status_code == 401
    assert shop.browser().get(link).status_code == 410
    assert [mail.template for mail in shop.mails(ADA)][-1] == "users/mail/password_changed"
    assert shop.browser().sign_in().status_code == 422
    assert shop.browser().sign_in(password=NEW).url.path == "/account"


def test_a_wrong_current_password_changes_nothing(shop: Any) -> None:
    ada = shop.register()
    refused = ada.post("/account/security", to="/account/security/password", current="not it at all", password=NEW)
    assert refused.status_code == 422
    assert "This is not your password." in refused.text
    assert shop.browser().sign_in().url.path == "/account"


def test_a_reset_ends_every_session_and_its_link_works_once_within_half_an_hour(shop: Any) -> None:
    ada, other = shop.register(), shop.browser()
    other.post("/account/reset", email=ADA)
    link, token = shop.link(ADA, "reset"), shop.token(ADA, "reset")
    done = other.post(link, to="/account/reset/password", token=token, password=NEW)
    assert done.url.path == "/account/sign-in"
    assert not ada.signed_in
    assert other.get(link).status_code == 410
    again = other.client.post("/api/v1/password-resets/confirm", json={"token": token, "password": "six red bowls"})
    assert (again.status_code, again.json()["code"]) == (410, "link_expired")
    assert shop.browser().sign_in(password=NEW).url.path == "/account"
    other.post("/account/reset", email=ADA)
    late = shop.token(ADA, "reset")
    shop.clock.pass_by(minutes=31)
    assert other.get(f"/account/reset?token={late}").status_code == 410


def test_sessions_are_listed_in_words_and_ended_one_by_one_or_all(shop: Any) -> None:
    ada = shop.register()
    firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    phone, third = shop.browser(headers={"User-Agent": firefox}), shop.browser()
    phone.sign_in()
    third.sign_in()
    page = ada.get("/account/security").text
    assert "Firefox on Windows" in page
    assert "this device" in page
    ends = [part.split('"')[0] for part in page.split('action="/account/security/sessions/')[1:]]
    theirs = next(path for path in ends if path.endswith("/end"))
    ada.post("/account/security", to=f"/account/security/sessions/{theirs}")
    assert [phone.signed_in, third.signed_in].count(True) == 1
    ada.post("/account/security", to="/account/security/sessions/end-others")
    assert (ada.signed_in, phone.signed_in, third.signed_in) == (True, False, False)
    ada.post("/account/security", to="/account/security/sessions/end-all")
    assert not ada.signed_in


def test_nobody_ends_anothers_session(shop: Any) -> None:
    ada, mallory = shop.register(), shop.register("mallory@example.com")
    (row,) = shop.rows(
        "SELECT s.hash FROM kernel_session s JOIN users_customer c ON c.id = s.subject WHERE c.email = 'ada@example.com'"
    )
    refused = mallory.post("/account/security", to=f"/account/security/sessions/{row.hash[:24]}/end")
    assert refused.status_code == 404
    assert ada.signed_in
