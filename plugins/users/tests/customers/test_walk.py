"""The way of a customer: register, confirm, sign in and out, reset, change, leave; by pages and by JSON, on both databases."""

from typing import Any

from .conftest import ADA, PASSWORD


def test_a_customer_registers_confirms_signs_out_and_in_again(open_shop: Any, database: str) -> None:
    shop = open_shop()
    ada = shop.browser()
    sent = ada.post("/account/register", email="Ada@Example.com", password=PASSWORD, name="Ada Lovelace")
    assert sent.status_code == 200
    assert "ada@example.com" in sent.text
    assert shop.count("users_customer") == 0
    opened = ada.post(shop.link(ADA, "verify"), to="/account/verify", token=shop.token(ADA, "verify"))
    assert opened.url.path == "/account"
    assert "Ada Lovelace" in opened.text
    assert [mail.template for mail in shop.mails(ADA)] == ["users/mail/secret/verify", "users/mail/welcome"]
    assert ada.post("/account", to="/account/sign-out").url.path == "/account/sign-in"
    assert not ada.signed_in
    assert ada.get("/account/addresses").url.path == "/account/sign-in"
    back = ada.post("/account/sign-in?next=/account/addresses", email=ADA, password=PASSWORD, next="/account/addresses")
    assert back.url.path == "/account/addresses"


def test_all_pages_of_the_account_open_in_both_languages(shop: Any) -> None:
    ada = shop.register()
    for path in ("", "/addresses", "/addresses/new", "/details", "/security", "/data"):
        for locale in ("", "/zh"):
            answer = ada.get(f"{locale}/account{path}")
            assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), path
    for path in ("sign-in", "register", "reset", "verify?token=x", "reset?token=x", "email?token=x"):
        assert shop.browser().get(f"/account/{path}").status_code in (200, 410)
