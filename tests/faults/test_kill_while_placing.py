"""kill -9 of the web process at each named point of placing an order: an acknowledged order exists once, and all adds up."""

import contextlib
import time
from collections import Counter

import httpx
import pytest
from tests.books import Books
from tests.buying import Buyer
from tests.conftest import StartSite
from tests.goods import stock_up

from marketry.testing.running import RunningSite

POINTS = (
    "placing.before_transaction",
    "placing.stock_reserved",
    "placing.local_authorised",
    "placing.hooks_committed",
    "placing.order_inserted",
    "placing.outbox_written",
    "placing.committed",
    "placing.remote_initiated",
    "placing.responded",
)
UNITS = 1000


@pytest.mark.parametrize("times", [1, pytest.param(20, marks=pytest.mark.heavy)])
def test_a_buyer_who_tries_again_after_the_crash_has_exactly_one_order(site: StartSite, times: int) -> None:
    """At each point once; twenty times at each where the heavy tests run (`python3 dev.py test --all`)."""
    shop = site()
    stock_up(shop, {"MUG": UNITS})
    bought = buy_across_crashes(shop, times)
    wait_for_outbox(shop)
    shop.stop()
    check_books(shop, bought)


def buy_across_crashes(shop: RunningSite, times: int) -> int:
    """Complete carts while one web process after the other dies, each at its second arrival at its point, until `times` have
    died at every one; returns how many orders there must be.

    Whoever gets no answer waits for the process that replaces the dead one, and completes the cart again under the same key.
    """
    crash_at, left, bought, idle = shop.folder / "crash-at", Counter(dict.fromkeys(POINTS, times)), 0, 0
    of_running = POINTS[0]
    crash_at.write_text(f"{of_running}:2")
    shop.start(MARKETRY_CRASH_AT=f"@{crash_at}")
    while left:
        of_next = next((point for point in POINTS if left[point] > (point == of_running)), "")
        crash_at.write_text(f"{of_next}:2" if of_next else "")
        before = deaths(shop)
        buy(shop)
        bought += 1
        died = deaths(shop) - before
        idle = 0 if died else idle + 1
        assert idle <= 3, f"{of_running} is not reached"
        if died:
            left -= Counter({of_running: 1}) + Counter({of_next: died - 1})
            of_running = of_next
    shop.kill()
    return bought


def buy(shop: RunningSite) -> None:
    """One order, whatever happens on the way."""
    buyer = Buyer(shop.url)
    buyer.ready(["MUG"])
    with contextlib.suppress(httpx.TransportError):
        buyer.complete()
    again = completed(buyer, shop)
    assert again.status_code == 201, again.text
    number = again.json()["order"]["number"]
    assert completed(buyer, shop).json()["order"]["number"] == number


def deaths(shop: RunningSite) -> int:
    """Web processes killed since the site was made; the supervisor writes down each."""
    return (shop.folder / "log").read_text().count("was killed by SIGKILL")


def completed(buyer: Buyer, shop: RunningSite) -> httpx.Response:
    """Complete once the site answers; a crash on the way is tried again."""
    for _ in range(5):
        shop.wait()
        with contextlib.suppress(httpx.TransportError):
            return buyer.complete()
    raise AssertionError("five crashes in a row")


def wait_for_outbox(shop: RunningSite) -> None:
    """Until nothing in the outbox is due; rows that were leased by a killed process come back within 60 s."""
    shop.start()
    books = Books(shop)
    deadline = time.monotonic() + 90
    left = "from kernel_outbox where state <> 'done' and handler not like 'schedule:%'"
    while books.one(f"select count(*) {left}"):
        assert time.monotonic() < deadline, books.rows(f"select * {left}")
        time.sleep(0.5)
    books.close()


def check_books(shop: RunningSite, bought: int) -> None:
    books = Books(shop)
    assert books.one("select count(*) from orders_order") == bought
    assert books.one("select count(distinct cart_id) from orders_order") == bought
    assert books.rows("select on_hand, allocated from catalog_stock_level") == [(UNITS, bought)]
    assert books.one("select count(*) from orders_payment") == bought
    confirmations = books.one("select count(*) from kernel_mail where template like '%confirmation%'")
    assert confirmations == bought
    assert books.one("select count(distinct key) from kernel_mail") == books.one("select count(*) from kernel_mail")
    books.close()
