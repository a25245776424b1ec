"""The list stays quick at any number of orders: every filter walks an index that ends in its order, and nothing is sorted."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite

from marketry_orders.order_filters import OrderFilter
from marketry_orders.order_lists import COUNT_UP_TO, _branches, _page_statement, list_orders

ROWS = 20_000
FILL = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) {insert} FROM n",
    "postgresql": "{insert} FROM generate_series(1, {rows}) AS n(i)",
}
INSERT = """
INSERT INTO orders_order (number, access_key, status, payment_status, fulfilment_status, currency, subtotal, discount, shipping,
  fees, tax, tax_added, total, accepted_hash, locale, channel, email, customer_name, coupons, data, extra, cancel_reason,
  placed_at, updated_at)
SELECT 'N' || i, 'k', CASE WHEN i % 50 = 0 THEN 'cancelled' ELSE 'placed' END,
  CASE WHEN i % 100 = 0 THEN 'disputed' WHEN i % 3 = 0 THEN 'pending' ELSE 'paid' END, 'unfulfilled', 'USD', 1, 0, 0, 0, 0, 0, 1,
  '', 'en', 'web', 'b' || i || '@example.com', 'Buyer ' || i, '[]', '{{}}', '{{}}', '', {at}, {at}
"""
AT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', '2026-01-01', '+' || i || ' minutes')",
    "postgresql": "timestamptz '2026-01-01 00:00+00' + i * interval '1 minute'",
}


def fill(shop: Any) -> str:
    dialect = str(shop.runtime.database.dialect)
    with shop.ctx().writing() as session:
        insert = INSERT.format(at=AT[dialect])
        session.execute(text(FILL[dialect].format(rows=ROWS, insert=insert).replace(":", "\\:")))
    with shop.runtime.database.write_engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    return dialect


def plan(shop: Any, dialect: str, wanted: OrderFilter) -> str:
    ctx = shop.ctx()
    with ctx.reading() as session:
        statement = _page_statement(_branches(ctx, wanted), None, False, 50)
        dialects: dict[str, Any] = {"sqlite": sqlite.dialect(), "postgresql": postgresql.dialect()}
        compiled = statement.compile(dialect=dialects[dialect], compile_kwargs={"literal_binds": True})
        explain = "EXPLAIN QUERY PLAN " if dialect == "sqlite" else "EXPLAIN "
        rows = session.connection().exec_driver_sql(explain + str(compiled).replace("%", "%%")).all()
        return "\n".join(str(row[-1]) for row in rows)


def test_every_filter_walks_an_index_and_sorts_nothing(shop: Any) -> None:
    dialect = fill(shop)
    for wanted in (
        OrderFilter(),
        OrderFilter(status=("cancelled",)),
        OrderFilter(payment=("disputed",)),
        OrderFilter(fulfilment=("unfulfilled",)),
    ):
        found = plan(shop, dialect, wanted)
        assert "ix_orders_order" in found, found
        assert "TEMP B-TREE" not in found, found
        assert "Sort" not in found, found
        assert "Seq Scan" not in found, found
    several = plan(shop, dialect, OrderFilter(payment=("disputed", "pending", "refunded")))
    assert several.count("ix_orders_order_payment_status") >= 2, several
    assert "Seq Scan" not in several, several


def test_pages_of_several_statuses_hold_every_order_once_in_order(shop: Any) -> None:
    fill(shop)
    ctx = shop.ctx()
    wanted, cursor, seen = OrderFilter(payment=("disputed", "pending"), status=("cancelled", "placed")), None, []
    with ctx.reading():
        for _ in range(6):
            page = list_orders(ctx, wanted, cursor, 40)
            seen += [row.number for row in page.items]
            cursor = page.next_cursor
        assert (page.count, page.capped) == (COUNT_UP_TO, True)
        expected = [f"N{i}" for i in range(ROWS, 0, -1) if i % 100 == 0 or i % 3 == 0][:240]
        assert seen == expected
        back = list_orders(ctx, wanted, page.previous_cursor, 40)
    assert [row.number for row in back.items] == expected[160:200]


@pytest.mark.parametrize("q", ["n19999", "b19999@example.com", "buyer 19999"])
def test_search_finds_one_among_many(shop: Any, q: str) -> None:
    fill(shop)
    ctx = shop.ctx()
    with ctx.reading():
        assert [row.number for row in list_orders(ctx, OrderFilter(q=q)).items] == ["N19999"]


def test_a_search_that_finds_too_much_says_so(shop: Any) -> None:
    fill(shop)
    ctx = shop.ctx()
    with ctx.reading():
        page = list_orders(ctx, OrderFilter(q="buyer"))
    assert (len(page.items), page.count, page.capped) == (50, 500, True)
