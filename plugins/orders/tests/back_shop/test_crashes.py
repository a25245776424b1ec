"""kill -9 at named points of taking money, giving it back and writing mails: done once in the end, whatever died when."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from marketry.database.engine import normalised
from marketry.testing.sites import write_site

CHILD = Path(__file__).with_name("crashing_shop.py")


class Crashes:
    """A site on `database` whose deeds run in processes of their own."""

    def __init__(self, folder: Path, database: str) -> None:
        self.site = write_site(folder / "site", plugins=["orders", "crashing"])
        self.database = database

    def run(self, deed: str, crash_at: str = "") -> int:
        environ = {**os.environ, "MARKETRY_DATABASE_URL": self.database}
        if crash_at:
            environ["MARKETRY_CRASH_AT"] = crash_at
        done = subprocess.run([sys.executable, str(CHILD), str(self.site), deed], env=environ, capture_output=True, check=False)
        assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()[-2000:]
        return done.returncode

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        engine = create_engine(normalised(self.database))
        try:
            with engine.connect() as connection:
                return [tuple(row) for row in connection.execute(text(statement))]
        finally:
            engine.dispose()


@pytest.fixture
def shop(tmp_path: Path, database: str) -> Crashes:
    return Crashes(tmp_path, database)


LEDGER = "SELECT kind, phase, amount FROM orders_transaction ORDER BY id"
KILLED = -signal.SIGKILL


@pytest.mark.parametrize("point", ["orders.settling.posted", "orders.settling.settled", "orders.mailing.queued", "outbox.effect"])
def test_a_payment_whose_settling_was_killed_is_in_the_books_and_told_once(shop: Crashes, point: str) -> None:
    assert shop.run("make,pay", point) == KILLED
    assert shop.run("pay,recover") == 0
    assert shop.rows(LEDGER) == [("capture", "succeeded", 10_000)]
    assert shop.rows("SELECT payment_status FROM orders_order") == [("paid",)]
    mails = "SELECT template, count(*) FROM kernel_mail GROUP BY template ORDER BY template"
    assert shop.rows(mails) == [("orders/mail/confirmation", 1), ("orders/mail/paid", 1)]


@pytest.mark.parametrize(
    "point",
    [
        "orders.refunding.requested",
        "orders.performing.claimed",
        "orders.performing.answered",
        "orders.settling.posted",
        "orders.settling.settled",
    ],
)
def test_a_refund_that_was_killed_is_made_once_by_its_job(shop: Crashes, point: str) -> None:
    assert shop.run("make,pay") == 0
    assert shop.run("refund", point) == KILLED
    assert shop.run("recover,refund") == 0  # in the end the form is sent again
    assert shop.rows(LEDGER) == [("capture", "succeeded", 10_000), ("refund", "succeeded", 4_000)]
    assert shop.rows("SELECT payment_status FROM orders_order") == [("partially_refunded",)]
    assert shop.rows("SELECT kind, state, amount FROM orders_operation") == [("refund", "done", 4_000)]
    books = json.loads((shop.site / "gateway.json").read_text())
    assert sorted(kind for kind, _ in books.values()) == ["capture", "refund"]
    assert shop.rows("SELECT count(*) FROM kernel_mail WHERE template = 'orders/mail/refunded'") == [(1,)]
