"""Guessing passwords: per account and per network address, with Redis and without, and without locking the owner out."""

from collections.abc import Iterator
from typing import Any

import pytest

from marketry.testing.servers import Server, start_redis
from marketry_users.hashing import Hasher

from .conftest import ADA, PASSWORD

MANY_FROM_ONE_ADDRESS = {"MARKETRY_USERS__SIGN_IN_TRIES_PER_ADDRESS": "1000000"}


@pytest.fixture
def redis() -> Iterator[Server]:
    server = start_redis()
    yield server
    server.stop()


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Passwords that were compared with a hash."""
    compared: list[str] = []
    matches = Hasher.matches

    async def counted(self: Hasher, ctx: Any, password: str, stored: str | None) -> bool:
        compared.append(password)
        return await matches(self, ctx, password, stored)

    monkeypatch.setattr(Hasher, "matches", counted)
    return compared


def guess(client: Any, number: int, email: str = ADA, address: str = "") -> int:
    """A try, from an address of its own unless one is given."""
    client._transport.client = (address or f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", 50_000)
    return int(client.post("/api/v1/sessions", json={"email": email, "password": f"guess {number}"}).status_code)


def assert_ten_get_through(shop: Any, hashes: list[str], tries: int) -> None:
    client = shop.browser().client
    statuses = [guess(client, number) for number in range(tries)]
    assert statuses == [422] * 10 + [429] * (tries - 10)
    assert hashes == [f"guess {number}" for number in range(10)]


def test_tries_from_many_addresses_get_no_further_than_those_from_one_without_redis(shop: Any, hashes: list[str]) -> None:
    shop.register()
    assert_ten_get_through(shop, hashes, 300)


def test_tries_from_many_addresses_get_no_further_than_those_from_one_with_redis(
    open_shop: Any, hashes: list[str], redis: Server
) -> None:
    one, two = (open_shop(name=name, redis_url=redis.url) for name in ("one", "two"))
    assert_ten_get_through(one, hashes, 100)
    assert guess(two.browser().client, 1) == 429  # another process of the site shares the count
    redis.kill()
    assert [guess(two.browser().client, number) for number in range(12)] == [422] * 10 + [429] * 2


@pytest.mark.heavy
@pytest.mark.parametrize("shared", [False, True], ids=["without Redis", "with Redis"])
def test_ten_thousand_tries_from_ten_thousand_addresses(open_shop: Any, hashes: list[str], redis: Server, shared: bool) -> None:
    shop = open_shop(**({"redis_url": redis.url} if shared else {}))
    shop.register()
    assert_ten_get_through(shop, hashes, 10_000)


def test_an_account_that_does_not_exist_has_the_same_limit(shop: Any) -> None:
    client = shop.browser().client
    assert [guess(client, number, "nobody@example.com") for number in range(12)] == [422] * 10 + [429] * 2


def test_one_address_tries_many_accounts_no_more_often_than_the_shop_says(open_shop: Any) -> None:
    shop = open_shop(environ={"MARKETRY_USERS__SIGN_IN_TRIES_PER_ADDRESS": "8"})
    client = shop.browser().client
    tries = [guess(client, number, f"victim{number}@example.com", "203.0.113.7") for number in range(12)]
    assert tries == [422] * 8 + [429] * 4
    assert guess(client, 0, "victim0@example.com", "203.0.113.8") == 422


def test_an_ipv6_network_counts_as_one_address(open_shop: Any) -> None:
    shop = open_shop(environ={"MARKETRY_USERS__SIGN_IN_TRIES_PER_ADDRESS": "5"})
    client = shop.browser().client
    tries = [guess(client, number, f"victim{number}@example.com", f"2001:db8:1:2::{number:x}") for number in range(1, 9)]
    assert tries == [422] * 5 + [429] * 3
    assert guess(client, 9, "victim9@example.com", "2001:db8:1:3::1") == 422


def test_strangers_who_guess_do_not_lock_the_owner_out_of_a_known_browser(shop: Any) -> None:
    ada = shop.register()
    ada.post("/account", to="/account/sign-out")
    stranger = shop.browser().client
    assert [guess(stranger, number) for number in range(12)][-1] == 429
    assert shop.browser().sign_in().status_code == 429
    assert ada.sign_in().url.path == "/account"


def test_a_known_browser_guesses_no_more_than_a_strange_one_and_only_at_its_own_account(open_shop: Any) -> None:
    shop = open_shop(environ=MANY_FROM_ONE_ADDRESS)
    shop.register()
    mallory = shop.register("mallory@example.com")
    mallory.post("/account", to="/account/sign-out")
    tries = [mallory.sign_in("mallory@example.com", "wrong again").status_code for _ in range(12)]
    assert tries == [422] * 10 + [429] * 2
    tries = [mallory.sign_in(ADA, "wrong again").status_code for _ in range(12)]
    assert tries == [422] * 10 + [429] * 2


def test_the_current_password_is_not_guessed_in_an_open_session_either(shop: Any) -> None:
    ada = shop.register()
    guesses = [
        ada.post("/account/security", to="/account/security/password", current=f"guess {number}", password="anything new")
        for number in range(12)
    ]
    assert [answer.status_code for answer in guesses] == [422] * 10 + [429] * 2
    assert int(guesses[-1].headers["retry-after"]) > 1


def test_a_mailbox_is_not_flooded(shop: Any) -> None:
    shop.register()
    answers = [shop.browser().post("/account/reset", email=ADA).status_code for _ in range(7)]
    assert answers == [200] * 4 + [429] * 3  # with the one for registering, five an hour
    assert len(shop.mails(ADA, "reset")) == 4


def test_a_right_password_after_the_limit_is_refused_like_a_wrong_one(shop: Any) -> None:
    shop.register()
    client = shop.browser().client
    for number in range(10):
        guess(client, number)
    right = client.post("/api/v1/sessions", json={"email": ADA, "password": PASSWORD})
    assert (right.status_code, right.json()["code"]) == (429, "too_many_requests")
    assert 1 <= int(right.headers["retry-after"]) <= 901
