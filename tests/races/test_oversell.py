"""Many buyers, few units: nothing is sold twice, and nobody sees a database error."""

import threading
from collections import Counter

import pytest
from tests.books import Books
from tests.buying import Buyer
from tests.conftest import StartSite
from tests.goods import stock_up


@pytest.mark.parametrize(
    ("buyers", "units"), [(40, 8), pytest.param(200, 40, marks=pytest.mark.heavy)], ids=["40-for-8", "200-for-40"]
)
def test_each_unit_is_sold_once_to_buyers_in_opposite_line_order(site: StartSite, buyers: int, units: int) -> None:
    shop = site()
    stock_up(shop, {"LEFT": units, "RIGHT": units})
    shop.start("--workers", "2")
    ready = [Buyer(shop.url) for _ in range(buyers)]
    for number, buyer in enumerate(ready):
        buyer.ready(["LEFT", "RIGHT"] if number % 2 else ["RIGHT", "LEFT"])

    outcomes: list[tuple[int, str]] = []
    together = threading.Barrier(buyers)

    def buy(buyer: Buyer) -> None:
        together.wait()
        answer = buyer.complete()
        outcomes.append((answer.status_code, "" if answer.status_code == 201 else answer.json()["code"]))

    threads = [threading.Thread(target=buy, args=(buyer,)) for buyer in ready]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(outcomes) == {(201, ""): units, (409, "out_of_stock"): buyers - units}
    books = Books(shop)
    assert books.one("select count(*) from orders_order where status = 'placed'") == units
    assert {tuple(r) for r in books.rows("select on_hand, allocated from catalog_stock_level")} == {(units, units)}
    books.close()
    log = shop.log().lower()
    assert "locked" not in log
    assert "deadlock" not in log
