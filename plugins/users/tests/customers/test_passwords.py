"""What a password may be (NIST SP 800-63B), how it is kept, and what happens when all want to sign in at once."""

import asyncio
import os
import threading
from typing import Any

import pytest

from marketry.problems import Refused
from marketry_users.domain.passwords import normal_password, weakness
from marketry_users.hashing import WAITING, Hasher, hasher
from marketry_users.password_rules import common_passwords

from .conftest import ADA, PASSWORD


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short77", "too_short"),
        ("eight ok", None),
        ("x y " * 32, None),  # 128, blanks and all
        ("x y " * 32 + "z", "too_long"),
        ("password1", "common"),
        ("PassWord1", "common"),
        ("1234567890", "common"),
        ("aaaaaaaaaa", "common"),
        ("ada@example.com", "personal"),
        ("Ada Lovelace", "personal"),
        ("lovelaceada1!", "personal"),
        ("nur kleine wörter", None),
        ("密码很长也很好记", None),
        ("alllowercaseletters", None),  # no rules of composition
    ],
)
def test_a_password_is_long_enough_uncommon_and_not_ones_own_name(password: str, why: str | None) -> None:
    assert weakness(password, "ada@example.com", "Ada Lovelace", common_passwords()) == why


def test_a_password_is_the_same_from_every_keyboard() -> None:
    assert normal_password("fourgreen é bowls") == normal_password("fourgreen é bowls")


def test_the_form_says_what_to_do_about_a_weak_password(shop: Any) -> None:
    refused = shop.browser().post("/account/register", email=ADA, password="password1")
    assert refused.status_code == 422
    assert "This password is among the first that strangers try." in refused.text
    assert shop.count("users_registration") == 0


def test_a_password_is_kept_as_an_argon2id_hash_alone(shop: Any, full_hashes: None) -> None:
    shop.register()
    (row,) = shop.rows("SELECT password FROM users_customer")
    assert row.password.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    for table in ("kernel_outbox", "kernel_mail", "kernel_audit", "kernel_session", "users_customer"):
        assert PASSWORD not in str(shop.rows(f"SELECT * FROM {table}")), table


def test_the_thread_that_hashes_gives_way_to_all_others(shop: Any) -> None:
    hasher = Hasher()
    ctx = shop.runtime.context()

    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    async def ask() -> tuple[int, int]:
        return await hasher._run(ctx, priority), priority()

    assert asyncio.run(ask()) == (10, os.getpriority(os.PRIO_PROCESS, 0))


def test_who_finds_the_queue_full_is_asked_to_come_back(shop: Any) -> None:
    hasher, ctx = Hasher(), shop.runtime.context()

    async def rush(seconds: float) -> list[Any]:
        hasher._seconds = seconds
        tries = (hasher.matches(ctx, "anything at all", None) for _ in range(WAITING + 6))
        return await asyncio.gather(*tries, return_exceptions=True)

    answers = asyncio.run(rush(0.001))
    refused = [one.problems[0] for one in answers if isinstance(one, Refused)]
    assert [one for one in answers if not isinstance(one, Refused)] == [False] * (WAITING + 1)
    assert [(one.code, one.status, one.retry_after) for one in refused] == [("busy", 429, 1)] * 5
    hasher._seconds = 0.001
    assert asyncio.run(hasher.matches(ctx, "later", None)) is False


def test_nobody_waits_longer_than_two_seconds_where_a_hash_takes_one(shop: Any) -> None:
    hasher, ctx = Hasher(), shop.runtime.context()
    hasher._seconds = 1.0
    for waiting, room in ((0, True), (2, True), (3, False)):
        hasher._waiting = waiting
        if room:
            hasher.demand_room(ctx)
        else:
            with pytest.raises(Refused) as refused:
                hasher.demand_room(ctx)
            assert refused.value.problems[0].retry_after == waiting


def test_a_try_that_found_no_room_is_not_counted(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.register()
    monkeypatch.setattr(hasher(), "_waiting", WAITING + 1)
    for _ in range(12):
        busy = shop.browser().sign_in()
        assert (busy.status_code, "Many people are signing in right now." in busy.text) == (429, True)
        assert int(busy.headers["retry-after"]) >= 1
    monkeypatch.undo()
    assert shop.browser().sign_in().url.path == "/account"
