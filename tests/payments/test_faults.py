"""The database goes away and processes are killed while notices come: nothing is lost, and nothing is done twice."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy.engine import make_url
from tests.payments.agreeing import books_agree
from tests.payments.passing import leases_run_out
from tests.payments.till import Till, until

from marketry.testing import servers

OWN_SHOP = True
PAID = [("capture", "succeeded", 1999, "USD")]
PAID_CNY = [("capture", "succeeded", 13993, "CNY")]
NOTICES = "SELECT event_id FROM kernel_webhook GROUP BY event_id HAVING count(*) > 1"


@contextmanager
def database_away(till: Till) -> Iterator[None]:
    """PostgreSQL ends all connections and takes none; SQLite's file is held by somebody who writes."""
    url = till.site.environment.get("MARKETRY_DATABASE_URL")
    till.books.engine.dispose()
    with _refusing(url) if url else _locked(till):
        yield


@contextmanager
def _refusing(url: str) -> Iterator[None]:
    name = make_url(url).database
    with psycopg.connect(servers.postgres(), autocommit=True) as admin:
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')  # type: ignore[call-overload]
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        try:
            yield
        finally:
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')  # type: ignore[call-overload]


@contextmanager
def _locked(till: Till) -> Iterator[None]:
    other = sqlite3.connect(till.site.folder / "var" / "marketry.sqlite3", isolation_level=None, timeout=30)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def test_notices_that_come_while_the_database_is_away_are_sent_again_and_pay_once(till: Till) -> None:
    """The gateways get no good answer, which is what makes them try again."""
    till.stripe.hold()
    till.alipay.controls.hold()
    by_card, card_token, address = till.order("stripe")
    till.card(address)
    by_alipay, alipay_token, page = till.order("alipay", currency="CNY")
    till.scan(by_alipay, page)
    sent, told = len(till.stripe.courier.deliveries), len(till.alipay.courier.deliveries)
    with database_away(till):
        till.stripe.release()
        till.alipay.controls.release()
        until(lambda: len(till.stripe.courier.deliveries) > sent, 60)
    assert till.stripe.courier.deliveries[sent].status == 503
    assert not till.alipay.courier.deliveries[told].accepted
    until(lambda: is_paid(till, by_card, card_token) and is_paid(till, by_alipay, alipay_token), 60)
    assert books_agree(till, by_card, 60) == PAID
    assert books_agree(till, by_alipay, 60) == PAID_CNY
    assert till.books.rows(NOTICES) == []


def is_paid(till: Till, number: str, token: str) -> bool:
    """What a buyer who tries again is told: the first answer after the pause may still be 503, by a connection that was cut."""
    answer = till.browser.get(f"{till.site.url}/api/v1/orders/{number}", headers={"X-Order-Token": token})
    assert answer.status_code in (200, 503), answer.text
    return answer.status_code == 200 and answer.json()["payment_status"] == "paid"


def restart(till: Till, **environment: str) -> None:
    till.site.kill()
    till.site.start(wait=False, **environment)
    till.site.wait(seconds=120)


def deaths(till: Till) -> int:
    """Web processes killed since the shop was made; the supervisor writes down each."""
    return (till.site.folder / "log").read_text().count("was killed by SIGKILL")


@pytest.mark.parametrize("point", ["orders.webhooks.stored", "orders.fetching.answered"])
def test_web_processes_are_killed_between_hearing_asking_and_committing(till: Till, point: str) -> None:
    """Each process dies at its second arrival there; what it was doing is done by the next."""
    till.stripe.hold()
    placed = [till.order("stripe") for _ in range(3)]
    for _, _, address in placed:
        till.card(address)
    restart(till, MARKETRY_CRASH_AT=f"{point}:2")
    before = deaths(till)
    till.stripe.release()
    until(lambda: deaths(till) > before, 60)
    restart(till)
    leases_run_out(till)
    for number, token, _ in placed:
        till.becomes(number, token, "paid", 60)
        assert books_agree(till, number, 60) == PAID
    assert till.books.rows(NOTICES) == []
