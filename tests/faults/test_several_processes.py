"""Several web processes share one site: every order is confirmed once, whoever picks it up."""

import threading

from tests.books import Books
from tests.buying import Buyer
from tests.conftest import StartSite
from tests.goods import stock_up
from tests.post import post_office

from marketry.testing.servers import free_port

BUYERS = 24


def test_processes_on_one_database_share_the_work_and_do_it_once(site: StartSite, database: str) -> None:
    """Two processes on one SQLite file with the embedded runner; four on PostgreSQL."""
    with post_office() as (office, address):
        shop = site(environment={"MARKETRY_SMTP_URL": address})
        stock_up(shop, {"MUG": 100})
        shop.start()
        addresses = [shop.url]
        for _ in range(1 if database.startswith("sqlite") else 3):
            port = free_port()
            shop.spawn("run", "--port", str(port), MARKETRY_BASE_URL=f"http://127.0.0.1:{port}")
            addresses.append(f"http://127.0.0.1:{port}")
        for address in addresses:
            shop.wait(address)

        def buy(number: int) -> None:
            buyer = Buyer(addresses[number % len(addresses)])
            buyer.ready(["MUG"], email=f"buyer{number}@example.com")
            assert buyer.complete().status_code == 201

        threads = [threading.Thread(target=buy, args=(n,)) for n in range(BUYERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        office.wait_for(BUYERS, 60)

        books = Books(shop)
        assert books.one("select count(*) from orders_order") == BUYERS
        assert books.rows("select on_hand, allocated from catalog_stock_level") == [(100, BUYERS)]
        assert len(office.ids) == BUYERS
        books.close()
    assert "locked" not in shop.log().lower()
