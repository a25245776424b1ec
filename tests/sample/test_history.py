"""The sample shop's past: every state is there, the books add up, and a start that was cut off goes on where it stopped."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from tests.books import Books
from tests.sample.goods import SAMPLE, goods_without_pictures

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
BANKS = "".join(
    f'[settings.payments_manual.bank_accounts.{currency}]\nholder = "Kiln & Grain"\nnumber = "1"\n'
    for currency in ("USD", "EUR", "CNY")
)


@pytest.fixture
def shop(shop_of):
    return shop_of()


@pytest.fixture
def shop_of(make_site, tmp_path):
    """A site with the sample's catalogue, and with the plugins given."""
    from marketry.web.values import SYSTEM
    from marketry_catalog.importing.run import import_catalogue
    from marketry_shipping.api import ensure_default_zones

    def make(*plugins, more=""):
        plugins = ("catalog", "orders", "payments_manual", "shipping", *plugins)
        runtime = make_site(*plugins, currencies=["USD", "EUR", "CNY"], more=BANKS + more, clock=lambda: NOW)
        ctx = runtime.context(actor=SYSTEM, channel="cli")
        with ctx.writing():
            ensure_default_zones(ctx)
        assert import_catalogue(ctx, goods_without_pictures(tmp_path / "catalogue")).errors == []
        return runtime

    return make


@pytest.fixture
def history(monkeypatch):
    monkeypatch.syspath_prepend(str(SAMPLE))
    import history.living

    return history.living


@pytest.fixture
def books(shop):
    opened = Books(SimpleNamespace(folder=shop.site.dir, environment={}))
    yield opened
    opened.close()


def counted(books, column):
    return dict(books.rows(f"SELECT {column}, count(*) FROM orders_order GROUP BY 1"))


def test_forty_orders_end_in_every_state_and_the_books_add_up(shop, history, books):
    shelves = books.rows("SELECT sku FROM catalog_variant ORDER BY sku")
    before = free(books)
    history.write_history(shop, orders=40)

    assert books.one("SELECT count(*) FROM orders_order") == 40
    assert set(counted(books, "status")) == {"placed", "cancelled"}
    paid = {"pending", "partially_paid", "paid", "partially_refunded", "refunded", "overpaid", "none"}
    assert set(counted(books, "payment_status")) == paid
    sent = {"unfulfilled", "partial", "fulfilled", "delivered", "returned", "cancelled"}
    assert set(counted(books, "fulfilment_status")) == sent
    assert set(counted(books, "currency")) == {"USD", "EUR", "CNY"}
    assert books.one("SELECT count(*) FROM orders_hold WHERE lifted_at IS NULL") > 0
    assert books.one("SELECT count(*) FROM kernel_mail") == 0

    assert len(shelves) == 124
    assert free(books) == before
    moved = books.rows(
        "SELECT variant_id, location_id, sum(on_hand), sum(allocated) FROM catalog_movement GROUP BY 1, 2 ORDER BY 1, 2"
    )
    levels = books.rows("SELECT variant_id, location_id, on_hand, allocated FROM catalog_stock_level ORDER BY 1, 2")
    assert [tuple(row) for row in moved if any(row[2:])] == [tuple(row) for row in levels if any(row[2:])]
    held = books.rows(
        "SELECT o.payment_status, o.total, sum(CASE t.kind WHEN 'capture' THEN t.amount WHEN 'refund' THEN -t.amount ELSE 0 END)"
        " FROM orders_order o JOIN orders_payment p ON p.order_id = o.id"
        " LEFT JOIN orders_transaction t ON t.payment_id = p.id AND t.phase = 'succeeded'"
        " GROUP BY o.id, o.payment_status, o.total"
    )
    assert {status for status, total, kept in held if kept == total} == {"paid"}
    assert {status for status, total, kept in held if kept > total} == {"overpaid"}
    assert {status for status, total, kept in held if kept == 0} == {"none", "pending", "refunded"}
    assert {status for status, total, kept in held if 0 < kept < total} == {"partially_paid", "partially_refunded"}


def test_customers_with_accounts_come_back_and_wish_for_things(shop_of, history):
    shop = shop_of("backoffice", "users", "wishlist")
    books = Books(SimpleNamespace(folder=shop.site.dir, environment={}))
    history.write_history(shop, orders=30)
    of_members = books.rows("SELECT customer, count(*) FROM orders_order WHERE customer IS NOT NULL GROUP BY 1")
    assert len(of_members) == books.one("SELECT count(*) FROM users_customer")
    assert max(orders for _, orders in of_members) > 1
    assert books.one("SELECT count(*) FROM wishlist_wish") > 0
    assert books.one("SELECT count(*) FROM kernel_mail") == 0
    books.close()


def free(books):
    rows = books.rows("SELECT variant_id, sum(on_hand - allocated) FROM catalog_stock_level GROUP BY 1 ORDER BY 1")
    return {variant: units for variant, units in rows if units}


def test_a_history_that_was_cut_off_goes_on_and_doubles_nothing(shop, history, books, monkeypatch):
    place, calls = history.place, []

    def cut_off(shop, plan):
        place(shop, plan)
        calls.append(plan.number)
        if len(calls) == 9:
            raise KeyboardInterrupt

    monkeypatch.setattr(history, "place", cut_off)
    with pytest.raises(KeyboardInterrupt):
        history.write_history(shop, orders=26)
    assert books.one("SELECT count(*) FROM orders_order") == 9
    assert shop.clock() == NOW

    monkeypatch.setattr(history, "place", place)
    for _ in range(2):
        history.write_history(shop, orders=26)
    assert books.one("SELECT count(*) FROM orders_order") == 26
    assert books.one("SELECT count(DISTINCT placed_at) FROM orders_order") == 26


def test_a_shop_with_orders_of_its_own_gets_no_invented_ones(shop, history, books):
    (plan,) = history.make_plans(NOW, 1, seed=3)
    history.place(history.Shop(shop), plan)
    history.write_history(shop, orders=40)
    assert books.one("SELECT count(*) FROM orders_order") == 1
