"""The cache in the process and in a real Redis: the same interface, one maker per value, and no harm when Redis is away."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from marketry.cache import Cache, LocalStore
from marketry.testing.servers import Server, redis, start_redis


@pytest.fixture(params=["process", "redis"])
def cache(request: pytest.FixtureRequest, make_site: Any, tmp_path: Any) -> Cache:
    environ = {"MARKETRY_REDIS_URL": redis()} if request.param == "redis" else {}
    made: Cache = make_site(environ=environ, base_url=f"http://{tmp_path.name[-20:].replace('_', '-')}.test").cache
    return made


@pytest.fixture
def mortal() -> Iterator[Server]:
    server = start_redis()
    yield server
    server.stop()


@pytest.mark.parametrize("value", [b"\x00\xff", {"a": [1, "ü"]}, "text", 0, False, []])
def test_bytes_and_json_come_back_as_they_were(cache: Cache, value: Any) -> None:
    cache.set("k", value)
    assert cache.get("k") == value
    cache.delete("k")
    assert cache.get("k") is None


def test_a_value_is_gone_when_its_time_is_up(cache: Cache) -> None:
    cache.set("k", 1, ttl=0.05)
    time.sleep(0.1)
    assert cache.get("k") is None


def test_what_was_read_can_be_changed_without_changing_the_cache(cache: Cache) -> None:
    cache.set("k", [1])
    cache.get("k").append(2)
    assert cache.get("k") == [1]


def test_twenty_who_miss_at_once_make_the_value_once(cache: Cache) -> None:
    made: list[int] = []

    def make() -> int:
        time.sleep(0.1)
        made.append(1)
        return 42

    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(cache.get_or_make("k", make))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(made), found) == (1, [42] * 20)


def test_a_maker_that_fails_leaves_the_next_one_free(cache: Cache) -> None:
    with pytest.raises(ZeroDivisionError):
        cache.get_or_make("k", lambda: 1 // 0)
    assert cache.get_or_make("k", lambda: 7) == 7


def test_the_least_recently_used_values_make_room() -> None:
    store = LocalStore(limit=30)
    for key in ("a", "b", "c"):
        store.write(key, b"123456789", 60)
    store.read("a")
    store.write("d", b"123456789", 60)

    assert [store.read(key) is not None for key in ("a", "b", "c", "d")] == [True, False, True, True]


def test_a_redis_that_is_away_is_an_empty_cache(make_site: Any, mortal: Server) -> None:
    cache = make_site(environ={"MARKETRY_REDIS_URL": mortal.url}).cache
    cache.set("k", 1)
    assert cache.get("k") == 1
    mortal.kill()
    began = time.monotonic()

    assert cache.get("k") is None
    assert [cache.get_or_make("k", lambda: 2) for _ in range(50)] == [2] * 50
    assert time.monotonic() - began < 10  # fifty time-outs of a quarter of a second would take longer
