"""Limits on tries: shared through Redis, and still there when Redis is gone."""

from collections.abc import Iterator

import pytest
from starlette.responses import PlainTextResponse

from marketry.testing.servers import Server, start_redis
from marketry.web import Ctx, Router, public, rate_limit

from .conftest import Web, plugin


@pytest.fixture
def trying(router: Router) -> Router:
    @router.post("/try/{who}")
    @public
    def attempt(ctx: Ctx, who: str) -> PlainTextResponse:
        rate_limit(ctx, f"sign-in:{who}", "3/minute")
        return PlainTextResponse("tried")

    return router


@pytest.fixture
def redis() -> Iterator[Server]:
    server = start_redis()
    yield server
    server.stop()


def statuses(client, who: str, times: int) -> list[int]:  # type: ignore[no-untyped-def]
    return [client.post(f"/try/{who}").status_code for _ in range(times)]


def test_the_fourth_try_is_refused_for_one_key_alone_and_told_when_to_come_back(web: Web, trying: Router) -> None:
    client = web(plugin("people", trying))
    assert statuses(client, "ada", 5) == [200, 200, 200, 429, 429]
    assert statuses(client, "bob", 1) == [200]
    refused = client.post("/try/ada", headers={"Accept": "application/json"})
    assert refused.json()["code"] == "too_many_requests"
    assert 1 <= int(refused.headers["retry-after"]) <= 61


def test_two_processes_share_the_count_through_redis_and_each_counts_when_it_is_gone(
    web: Web, trying: Router, redis: Server
) -> None:
    one, two = (web(plugin("people", trying), folder=folder, redis_url=redis.url) for folder in ("one", "two"))
    assert statuses(one, "ada", 2) + statuses(two, "ada", 2) == [200, 200, 200, 429]
    redis.kill()
    assert statuses(one, "ada", 5) == [200, 200, 200, 429, 429]


def test_a_redis_that_was_never_there_doesnt_open_the_door(web: Web, trying: Router) -> None:
    client = web(plugin("people", trying), redis_url="redis://127.0.0.1:1/0")
    assert statuses(client, "ada", 4) == [200, 200, 200, 429]
