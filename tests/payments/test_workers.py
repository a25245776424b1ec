"""Two workers share the notices through Redis, and are killed between asking the gateway and committing what it said."""

from collections.abc import Iterator

import pytest
from tests.payments.agreeing import books_agree
from tests.payments.opening import Wish, opened
from tests.payments.passing import leases_run_out
from tests.payments.till import Till

from marketry.testing import servers
from marketry.testing.plugin import DATABASES

PAID = [("capture", "succeeded", 1999, "USD")]
TWICE = "SELECT event_id FROM kernel_webhook GROUP BY event_id HAVING count(*) > 1"
RUNS = "SELECT attempts, state FROM kernel_outbox WHERE handler = 'job:orders.webhook'"
POSTED = pytest.param("orders.settling.posted", marks=pytest.mark.heavy)


@pytest.fixture(scope="module", params=DATABASES)
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    """The web process alone: workers are the tests' own."""
    redis = servers.start_redis()
    try:
        wish = Wish(request.param, environment=(("MARKETRY_REDIS_URL", redis.url),), owner=__name__)
        with opened(tmp_path_factory.mktemp("workers"), wish) as made:
            yield made
    finally:
        redis.stop()


def test_one_event_ten_times_at_once_and_all_its_siblings_are_settled_once_by_two_workers(shop: Till) -> None:
    shop.stripe.hold()
    number, token, address = shop.order("stripe")
    shop.card(address)
    workers = [shop.site.spawn("worker") for _ in range(2)]
    shop.stripe.repeat(10, type="checkout.session.completed", parallel=True)
    shop.stripe.repeat(10, type="payment_intent.succeeded", parallel=True)
    shop.stripe.release(parallel=True)
    shop.becomes(number, token, "paid", 60)
    assert books_agree(shop, number, 60) == PAID
    assert shop.books.rows(TWICE) == []
    assert {tuple(row) for row in shop.books.rows(RUNS)} == {(1, "done")}
    for worker in workers:
        shop.site.kill(worker)


@pytest.mark.parametrize("point", ["orders.fetching.answered", POSTED, "orders.settling.settled"])
def test_a_worker_is_killed_between_asking_and_committing(shop: Till, point: str) -> None:
    """And once after committing, before its receipt: the next one finds that all is said."""
    shop.stripe.hold()
    number, token, address = shop.order("stripe")
    shop.card(address)
    victim = shop.site.spawn("worker", MARKETRY_CRASH_AT=f"{point}:1")
    shop.stripe.release()
    assert victim.wait(90) == -9
    assert shop.state(number, token) == ("paid" if point == "orders.settling.settled" else "pending")
    leases_run_out(shop)
    heir = shop.site.spawn("worker")
    shop.becomes(number, token, "paid", 60)
    assert books_agree(shop, number, 60) == PAID
    shop.site.kill(heir)
