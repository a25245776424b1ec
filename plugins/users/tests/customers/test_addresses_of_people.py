"""One mailbox, one account, however its address is written; a look-alike reaches nobody else's."""

from typing import Any

import pytest

from marketry_users.domain.emails import normal

from .conftest import ADA, PASSWORD


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Ada@Example.COM ", "ada@example.com"),
        ("ADA@EXAMPLE.com", "ada@example.com"),
        ("ada@example.com", "ada@example.com"),  # fullwidth
        ("ada@EXAMPLE.com", "ada@example.com"),
        ("aſa@example.com", "asa@example.com"),  # a long s
        ("ada@K.example", "ada@k.example"),  # the Kelvin sign
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
        ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("ada@еxample.com", "ada@xn--xample-2of.com"),  # a Cyrillic е: another host
        ("o'neil+shop@example.com", "o'neil+shop@example.com"),
    ],
)
def test_an_address_has_one_normal_form(typed: str, stored: str) -> None:
    assert normal(typed) == stored
    assert normal(stored) == stored


@pytest.mark.parametrize("typed", ["аda@example.com", "ada@", "@example.com", "ada example.com", "ada@localhost", "a\u200bda@example.com", "a" * 250 + "@example.com", "ada@exa\nmple.com", "ada@example.com\r\nBcc: all@example.com"])  # fmt: skip  # noqa: E501
def test_what_no_mail_server_would_take_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        normal(typed)


def test_another_case_signs_in_to_the_same_account_and_registers_no_second_one(shop: Any) -> None:
    shop.register()
    assert shop.browser().sign_in("ADA@Example.com").url.path == "/account"
    shop.browser().post("/account/register", email="ADA@EXAMPLE.COM", password="another password")
    assert shop.mails(ADA)[-1].template == "users/mail/already"
    assert shop.count("users_customer") == 1


def test_a_look_alike_resets_nobodys_password_and_mails_go_to_the_stored_address_only(shop: Any) -> None:
    shop.register()
    for alike in ("ada@example.com", "Ada@Example.com", "ada@еxample.com", "аda@example.com", "ada@examp1e.com"):
        shop.browser().post("/account/reset", email=alike)
    assert {mail.recipient for mail in shop.mails(template="reset")} == {ADA}
    assert {mail.recipient for mail in shop.mails()} == {ADA}


def test_an_account_of_a_look_alike_is_an_account_of_its_own(shop: Any) -> None:
    shop.register()
    mallory = shop.register("ada@еxample.com", PASSWORD, "Mallory")
    assert "Mallory" in mallory.get("/account").text
    assert sorted(row.email for row in shop.rows("SELECT email FROM users_customer")) == [ADA, "ada@xn--xample-2of.com"]


def test_nobody_takes_anothers_address_by_changing_to_it(shop: Any) -> None:
    shop.register()
    mallory = shop.register("mallory@example.com")
    answer = mallory.post("/account/security", to="/account/security/email", email="ADA@example.com", password=PASSWORD)
    free = mallory.post("/account/security", to="/account/security/email", email="free@example.com", password=PASSWORD)
    assert answer.text.split("<main")[1] == free.text.split("<main")[1]
    assert shop.mails(ADA)[-1].template == "users/mail/already"
    assert [mail.template for mail in shop.mails("free@example.com")] == ["users/mail/secret/new_email"]


def test_of_two_who_confirm_one_address_the_first_has_it(shop: Any) -> None:
    """Mallory asked for the address before its owner; only the owner reads the mails."""
    mallory, ada = shop.register("mallory@example.com"), shop.browser()
    mallory.post("/account/security", to="/account/security/email", email=ADA, password=PASSWORD)
    stolen = shop.token(ADA, "new_email")
    ada.post("/account/register", email=ADA, password="the owner's own", name="Ada")
    ada.post(shop.link(ADA, "verify"), to="/account/verify", token=shop.token(ADA, "verify"))
    late = mallory.client.post(
        "/api/v1/customers/email/confirm", json={"token": stolen, "password": PASSWORD}, headers={"Cookie": ""}
    )
    assert late.status_code == 410
    assert sorted(row.email for row in shop.rows("SELECT email FROM users_customer")) == [ADA, "mallory@example.com"]


def test_who_owns_an_address_does_not_confirm_it_for_a_stranger_who_asked_for_it(shop: Any) -> None:
    """Else the stranger's account would have an address of another's, and what was bought with it as a guest."""
    mallory, owner = shop.register("mallory@example.com"), shop.browser()
    mallory.post("/account/security", to="/account/security/email", email=ADA, password=PASSWORD)
    link, token = shop.link(ADA, "new_email"), shop.token(ADA, "new_email")
    assert "somebody else did" in owner.get(link).text
    assert owner.post(link, to="/account/email", token=token).status_code == 422
    assert owner.post(link, to="/account/email", token=token, password="what could it be").status_code == 422
    over_json = owner.client.post("/api/v1/customers/email/confirm", json={"token": token})
    assert (over_json.status_code, over_json.json()["code"]) == (422, "wrong_password")
    assert [row.email for row in shop.rows("SELECT email FROM users_customer")] == ["mallory@example.com"]


def test_on_another_device_the_new_address_takes_the_password(shop: Any) -> None:
    ada, phone = shop.register(), shop.browser()
    ada.post("/account/security", to="/account/security/email", email="ada@new.example", password=PASSWORD)
    link, token = shop.link("ada@new.example", "new_email"), shop.token("ada@new.example", "new_email")
    phone.post(link, to="/account/email", token=token, password=PASSWORD)
    assert [row.email for row in shop.rows("SELECT email FROM users_customer")] == ["ada@new.example"]
    assert not ada.signed_in


def test_a_stranger_who_registers_anothers_address_does_not_get_in_when_its_owner_follows_the_link(shop: Any) -> None:
    """Pre-hijacking: the link wants the password that was chosen with it, or the browser that asked."""
    mallory, owner = shop.browser(), shop.browser()
    mallory.post("/account/register", email=ADA, password="mallory waits here")
    link, token = shop.link(ADA, "verify"), shop.token(ADA, "verify")
    page = owner.get(link)
    assert "somebody else asked for this account" in page.text
    refused = owner.post(link, to="/account/verify", token=token, password="what could it be")
    assert refused.status_code == 422
    assert shop.count("users_customer") == 0
    assert mallory.sign_in(password="mallory waits here").status_code == 422


def test_changing_the_address_needs_password_and_new_mailbox_and_tells_the_old_one(shop: Any) -> None:
    ada, other = shop.register(), shop.browser()
    other.sign_in()
    refused = ada.post("/account/security", to="/account/security/email", email="ada@new.example", password="not the one")
    assert refused.status_code == 422
    assert shop.mails("ada@new.example") == []
    ada.post("/account/security", to="/account/security/email", email="Ada@New.example", password=PASSWORD)
    link, token = shop.link("ada@new.example", "new_email"), shop.token("ada@new.example", "new_email")
    assert shop.mails(ADA)[-1].template == "users/mail/email_asked"
    assert ada.get(link).status_code == 200
    assert [row.email for row in shop.rows("SELECT email FROM users_customer")] == [ADA]
    ada.post(link, to="/account/email", token=token)
    assert [row.email for row in shop.rows("SELECT email FROM users_customer")] == ["ada@new.example"]
    assert shop.mails(ADA)[-1].template == "users/mail/email_changed"
    assert (ada.signed_in, other.signed_in) == (True, False)
    assert ada.get(link).status_code == 410
