"""Nobody learns who has an account: not from words, not from the status, not from the time."""

import re
from statistics import median
from time import perf_counter
from typing import Any

from .conftest import ADA, PASSWORD

NOBODY = "nobody@example.com"


def shape(answer: Any, email: str) -> tuple[int, list[str], str]:
    """What a stranger sees: status, names of cookies, the text without what they typed and what is random."""
    text = re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text).replace(email, "…")
    return answer.status_code, sorted(answer.cookies.keys()), text


def test_every_form_answers_alike_for_an_account_and_for_none(shop: Any) -> None:
    shop.register()
    forms = {
        "/account/sign-in": {"password": "not the one"},
        "/account/register": {"password": "any old password", "name": "Ada"},
        "/account/reset": {},
    }
    for path, fields in forms.items():
        known, unknown = (shape(shop.browser().post(path, email=who, **fields), who) for who in (ADA, NOBODY))
        assert known == unknown, path


def test_json_answers_alike_for_an_account_and_for_none(shop: Any) -> None:
    shop.register()
    calls = {
        "/api/v1/sessions": ({"password": "not the one"}, 422),
        "/api/v1/customers": ({"password": "any old password"}, 202),
        "/api/v1/password-resets": ({}, 202),
    }
    for path, (body, status) in calls.items():
        known, unknown = (shop.browser().client.post(path, json={"email": who, **body}) for who in (ADA, NOBODY))
        assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
        assert known.status_code == status


def test_an_account_with_the_right_password_that_nobody_confirmed_looks_like_none(shop: Any) -> None:
    """Else whoever registers with another's address learns, by signing in, whether it had an account before."""
    shop.browser().post("/account/register", email=NOBODY, password=PASSWORD)
    pending = shape(shop.browser().sign_in(NOBODY), NOBODY)
    assert pending == shape(shop.browser().sign_in("somebody@example.com"), "somebody@example.com")


def test_the_owner_of_an_address_is_told_that_somebody_asked_and_nobody_else_is(shop: Any) -> None:
    shop.register()
    shop.browser().post("/account/register", email=ADA, password="mallory was here", name="Mallory")
    assert [mail.template for mail in shop.mails(ADA)][-1] == "users/mail/already"
    assert shop.browser().sign_in(password="mallory was here").status_code == 422
    assert shop.browser().sign_in().url.path == "/account"
    before = len(shop.mails())
    shop.browser().post("/account/reset", email=NOBODY)
    assert len(shop.mails()) == before


def test_wrong_password_and_no_account_take_the_same_time(open_shop: Any, full_hashes: None) -> None:
    """A hash is computed either way: medians lie within a quarter of one another, where an answer without one would take less
    than half."""
    shop = open_shop(
        environ={"MARKETRY_USERS__SIGN_IN_TRIES_PER_ACCOUNT": "1000", "MARKETRY_USERS__SIGN_IN_TRIES_PER_ADDRESS": "1000"}
    )
    shop.register()
    client = shop.browser().client
    took: dict[str, list[float]] = {ADA: [], NOBODY: []}
    for _ in range(15):
        for who, times in took.items():
            start = perf_counter()
            client.post("/api/v1/sessions", json={"email": who, "password": "not the one"})
            times.append(perf_counter() - start)
    known, unknown = median(took[ADA]), median(took[NOBODY])
    assert 0.75 < known / unknown < 1.33
