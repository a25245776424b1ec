"""Readers and writers at once: no page older than a committed change is served or kept, and one drawing serves all who wait."""

import threading
import time
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from marketry.testing.clients import client_of
from marketry.testing.servers import Server, redis, start_redis

from .conftest import Notes, in_threads, runtime_of, write

DEADLINE = 30.0  # seconds: PostgreSQL without Redis promises a change to other processes within one, on a machine with time


def number_in(answer: httpx.Response) -> int:
    return int(answer.text.split("a=")[1].split()[0])


def asked(client: Any) -> int:
    return number_in(client.get("/notes/a"))


def test_a_slow_reader_never_keeps_what_it_read_before_the_change(shop: Any, notes: Notes, database: str) -> None:
    client = shop()
    has_read, may_draw = threading.Event(), threading.Event()

    def pause() -> None:
        has_read.set()
        assert may_draw.wait(20)

    notes.before_render = pause
    answers: list[int] = []
    slow = threading.Thread(target=lambda: answers.append(asked(client)))
    slow.start()
    assert has_read.wait(20)
    notes.before_render = lambda: None
    write(runtime_of(client), "a", 1)
    may_draw.set()
    slow.join(20)
    assert answers == [0]  # asked before the change
    assert asked(client) == 1


def test_who_comes_after_the_change_does_not_wait_for_a_drawing_from_before(shop: Any, notes: Notes) -> None:
    client = shop()
    has_read, may_draw = threading.Event(), threading.Event()

    def pause() -> None:
        has_read.set()
        assert may_draw.wait(20)

    notes.before_render = pause
    slow = threading.Thread(target=lambda: asked(client))
    slow.start()
    assert has_read.wait(20)
    notes.before_render = lambda: None
    write(runtime_of(client), "a", 1)
    later: list[int] = []
    second = threading.Thread(target=lambda: later.append(asked(client)))
    second.start()
    time.sleep(0.2)
    may_draw.set()
    slow.join(20)
    second.join(20)
    assert later == [1]


def test_fifty_who_ask_at_once_are_given_one_drawing(shop: Any, notes: Notes) -> None:
    client = shop()
    notes.before_render = lambda: time.sleep(0.3)
    answers: list[int] = []
    in_threads(50, lambda i: answers.append(asked(client)))
    assert (len(answers), set(answers)) == (50, {0})
    assert notes.drawn == ["a?"]


def test_fifty_who_ask_at_once_for_what_can_not_be_kept_do_not_stand_in_a_queue(shop: Any, notes: Notes) -> None:
    client = shop()
    answers: list[int] = []
    in_threads(50, lambda i: answers.append(client.get("/notes/missing").status_code))
    assert answers == [404] * 50


@pytest.mark.parametrize("requests", [50, pytest.param(1_000, marks=pytest.mark.heavy)])
def test_twenty_readers_never_see_a_number_older_than_the_last_that_was_answered(
    shop: Any, notes: Notes, database: str, requests: int
) -> None:
    client = shop()
    committed, stale, stop = [0], list[tuple[int, int]](), threading.Event()

    def read(i: int) -> None:
        if i == 0:
            for n in range(1, 21):
                write(runtime_of(client), "a", n)
                committed[0] = n
                time.sleep(0.02)
            stop.set()
            return
        for _ in range(requests):
            least = committed[0]
            seen = asked(client)
            if seen < least:
                stale.append((seen, least))

    in_threads(21, read)
    assert stale == []
    assert asked(client) == 20
    assert len(notes.drawn) < 19 * requests


def test_another_process_on_the_same_sqlite_file_sees_it_at_once(shop: Any, notes: Notes, make_site: Any, tmp_path: Any) -> None:
    one = shop()
    other = client_of(make_site("notes", extra=[notes.plugin()]))
    for n in range(1, 30):
        assert asked(one) == asked(other) == n - 1
        write(runtime_of(one if n % 2 else other), "a", n)
    assert asked(one) == asked(other) == 29


def test_four_processes_see_it_soon_without_redis(shop: Any, notes: Notes, make_site: Any, database: str) -> None:
    clients = [shop(), *(client_of(make_site("notes", extra=[notes.plugin()])) for _ in range(3))]
    for client in clients:
        asked(client)
    for n in range(1, 4):
        write(runtime_of(clients[0]), "a", n)
        assert asked(clients[0]) == n  # who changed it knows
        changed = time.monotonic()
        while any(asked(client) != n for client in clients[1:]):
            assert time.monotonic() - changed < DEADLINE
            time.sleep(0.05)


def test_with_redis_four_processes_see_it_at_once_and_share_the_drawing(
    shop: Any, notes: Notes, make_site: Any, database: str, tmp_path: Any
) -> None:
    environ = {"MARKETRY_REDIS_URL": redis()}
    with_database = {"base_url": f"http://{tmp_path.name[-20:].replace('_', '-')}.test"}
    clients = [shop(environ=environ, **with_database)]
    with ExitStack() as started:
        for _ in range(3):
            runtime = make_site("notes", extra=[notes.plugin()], environ=environ, **with_database)
            clients.append(started.enter_context(client_of(runtime)))
        for n in range(8):
            write(runtime_of(clients[n % 4]), "a", n)
            assert [asked(client) for client in clients] == [n] * 4
    assert len(notes.drawn) < 4 * 8  # others take what one has drawn


@pytest.fixture
def mortal() -> Any:
    server: Server = start_redis()
    yield server
    server.stop()


def test_when_redis_dies_the_rows_are_the_truth(shop: Any, notes: Notes, make_site: Any, database: str, mortal: Server) -> None:
    environ = {"MARKETRY_REDIS_URL": mortal.url}
    one = shop(environ=environ)
    with client_of(make_site("notes", extra=[notes.plugin()], environ=environ)) as other:
        assert asked(one) == asked(other) == 0
        mortal.kill()
        write(runtime_of(one), "a", 1)
        changed = time.monotonic()
        while asked(other) != 1:
            assert time.monotonic() - changed < DEADLINE
            time.sleep(0.05)
        assert asked(one) == 1


def test_a_transaction_that_commits_after_a_later_one_is_not_overlooked(shop: Any, notes: Notes, database: str) -> None:
    """On PostgreSQL the row of the first transaction gets the lower number and becomes visible last."""
    client = shop()
    runtime = runtime_of(client)
    if runtime.database.dialect == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    from sqlalchemy import text

    from marketry.settings.tables import Generation

    first = runtime.database.write_engine.connect()
    transaction = first.begin()
    first.execute(
        text("INSERT INTO kernel_page_purge (xid, tag, at) VALUES (pg_current_xact_id()::text::bigint, 'note:a', now())")
    )
    first.execute(Generation.__table__.insert().values(subject="note:a", number=9))  # type: ignore[attr-defined]
    write(runtime, "b", 1)
    time.sleep(1)
    assert asked(client) == 0
    time.sleep(1)
    assert asked(client) == 0
    transaction.commit()
    first.close()
    until = time.monotonic() + DEADLINE
    while asked(client) != 9:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_database_that_can_not_be_read_serves_no_kept_page(shop: Any, notes: Notes) -> None:
    client = shop()
    asked(client)
    watch = runtime_of(client).pages.watch
    watch._path = "/nowhere/at/all"  # type: ignore[attr-defined]
    watch.close()
    asked(client)
    assert len(notes.drawn) == 2


def test_old_purges_are_tidied_away(shop: Any) -> None:
    from datetime import UTC, datetime, timedelta

    from sqlalchemy import func, select

    from marketry.jobs.tidying import tidy
    from marketry.web.pagecache.tables import PURGES

    now = [datetime(2026, 11, 23, tzinfo=UTC)]
    runtime = runtime_of(shop(clock=lambda: now[0]))
    write(runtime, "a", 1)
    now[0] += timedelta(hours=1, minutes=59)
    tidy(runtime.context())
    write(runtime, "a", 2)
    now[0] += timedelta(minutes=2)
    tidy(runtime.context())
    with runtime.database.reading() as session:
        assert session.execute(select(func.count()).select_from(PURGES)).scalar_one() == 1
