"""kill -9 of the web process at each named point of placing an order: an acknowledged order exists once, and all adds up."""

import contextlib
import time

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
    shop = site()
    stock_up(shop, {"MUG": UNITS})
    bought = 0
    for point in POINTS:
        for _ in range(times):
            buy_across_a_crash(shop, point)
            bought += 1
    wait_for_outbox(shop)
    shop.stop()
    check_books(shop, bought)


def buy_across_a_crash(shop: RunningSite, point: str) -> None:
    """Complete a cart while the process dies at `point`, start again, and complete it once more under the same key."""
    shop.start(MARKETRY_CRASH_AT=point)
    buyer = Buyer(shop.url)
    buyer.ready(["MUG"])
    with contextlib.suppress(httpx.TransportError):
        first = buyer.complete()
        assert point == "placing.responded", f"{point} was never reached: {first.status_code} {first.text}"
    shop.kill()
    shop.start()
    again = buyer.complete()
    assert again.status_code == 201, again.text
    number = again.json()["order"]["number"]
    assert buyer.complete().json()["order"]["number"] == number
    shop.kill()


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
