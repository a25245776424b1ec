"""Workers and Redis die; the outbox is the truth, so all work is done all the same, database effects once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.books import Books
from tests.buying import Buyer
from tests.conftest import BANK, SHOP, fresh_postgres
from tests.goods import stock_up
from tests.post import PostOffice, post_office

from marketry.testing import servers
from marketry.testing.running import RunningSite

ORDERS = 6


@pytest.fixture
def redis() -> Iterator[servers.Server]:
    server = servers.start_redis()
    yield server
    server.stop()


@pytest.fixture
def slow_post() -> Iterator[tuple[PostOffice, str]]:
    with post_office(delay=0.4) as opened:
        yield opened


@pytest.fixture
def shop(tmp_path: Path, redis: servers.Server, slow_post: tuple[PostOffice, str]) -> Iterator[RunningSite]:
    """PostgreSQL, Redis, a mail server that takes its time; the web process runs, workers are the test's."""
    environment = {
        "MARKETRY_DATABASE_URL": fresh_postgres(), "MARKETRY_REDIS_URL": redis.url, "MARKETRY_SMTP_URL": slow_post[1],
    }  # fmt: skip
    running = RunningSite(tmp_path / "site", SHOP, environment=environment, more=BANK)
    running.make_tables()
    stock_up(running, {"MUG": 100})
    running.start()
    yield running
    running.stop()


def buy(shop: RunningSite, count: int = ORDERS) -> None:
    for number in range(count):
        buyer = Buyer(shop.url)
        buyer.ready(["MUG"], email=f"buyer{number}@example.com")
        assert buyer.complete().status_code == 201


def confirmations(shop: RunningSite) -> int:
    books = Books(shop)
    count = books.one("select count(*) from kernel_mail")
    books.close()
    return int(count)


def test_work_of_a_worker_killed_while_mailing_is_done_within_a_minute(
    shop: RunningSite, slow_post: tuple[PostOffice, str]
) -> None:
    office, _ = slow_post
    worker = shop.spawn("worker")
    buy(shop)
    assert office.arrived.wait(90), shop.log()
    shop.kill(worker)
    shop.spawn("worker")
    office.wait_for(ORDERS, 120)
    assert confirmations(shop) == ORDERS
    assert len(office.ids) - len(set(office.ids)) <= 1


def test_losing_redis_with_its_data_loses_no_work(
    shop: RunningSite, redis: servers.Server, slow_post: tuple[PostOffice, str]
) -> None:
    office, _ = slow_post
    buy(shop, 3)
    redis.kill()
    buy(shop, 3)
    redis.start()
    servers.wait_for_port(int(redis.url.rpartition(":")[2].split("/")[0]))
    shop.spawn("worker")
    office.wait_for(6, 120)
    assert confirmations(shop) == 6
