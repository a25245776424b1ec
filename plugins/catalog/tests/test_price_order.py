"""A category by price: a small one is sorted, of a big one the prices are walked in their order; the pages are the same."""

import pytest
from plugins.catalog.tests.shelves import context, filled
from sqlalchemy import event, insert, select

from marketry_catalog.models.categories import category, category_product
from marketry_catalog.models.products import price_range, product
from marketry_catalog.queries import listing
from marketry_catalog.queries.listing import Listing, page_of

MANY = 60


@pytest.fixture
def shop(database, make_site, tmp_path):
    """Sixty more products at seven prices, every second one in the kitchen, every third without a price in euros."""
    runtime = filled(make_site, tmp_path)
    with runtime.database.writing() as session:
        bowl = dict(session.execute(select(product).where(product.c.handle == "bowl")).mappings().one())
        session.execute(insert(product), [{**bowl, "id": 1000 + i, "handle": f"p{i:02}"} for i in range(MANY)])
        prices = [("USD", i) for i in range(MANY)] + [("EUR", i) for i in range(MANY) if i % 3]
        session.execute(
            insert(price_range),
            [{"product_id": 1000 + i, "currency": c, "lowest": 2000 + i % 7, "highest": 9000} for c, i in prices],
        )
        kitchen = session.scalar(select(category.c.id).where(category.c.handle == "kitchen"))
        session.execute(
            insert(category_product), [{"product_id": 1000 + i, "category_id": kitchen, "rank": i} for i in range(0, MANY, 2)]
        )
    return runtime


def pages(shop, order, currency):
    """Handles of all pages there and back, eight to a page."""
    ctx = context(shop, currency=currency)
    there, back = [], []
    with ctx.reading() as session:
        kitchen = session.scalar(select(category.c.id).where(category.c.handle == "kitchen"))
        page = page_of(ctx, Listing(order, kitchen), None, 8)
        there.append([card.handle for card in page.items])
        while page.next_cursor:
            page = page_of(ctx, Listing(order, kitchen), page.next_cursor, 8)
            there.append([card.handle for card in page.items])
        while page.previous_cursor:
            page = page_of(ctx, Listing(order, kitchen), page.previous_cursor, 8)
            back.append([card.handle for card in page.items])
    return there, back[::-1]


@pytest.mark.parametrize("currency", ["USD", "EUR"])
@pytest.mark.parametrize("order", ["price", "-price"])
def test_a_big_category_has_the_same_pages_as_a_small_one(shop, monkeypatch, order, currency):
    sorted_ones = pages(shop, order, currency)
    listing.recent.__globals__["_known"].clear()
    monkeypatch.setattr(listing, "BIG", 1)
    assert pages(shop, order, currency) == sorted_ones
    there, back = sorted_ones
    assert back == there[:-1]
    flat = [handle for page in there for handle in page]
    numbered = [(2000 + int(h[1:]) % 7, 1000 + int(h[1:])) for h in flat if h[0] == "p"]
    assert numbered == sorted(numbered, reverse=order == "-price")
    assert len(flat) == len(set(flat)) == {"USD": 32, "EUR": 22}[currency]


def test_the_page_of_a_big_category_sorts_nothing(make_site, tmp_path, monkeypatch):
    monkeypatch.setattr(listing, "BIG", 0)
    runtime = filled(make_site, tmp_path)
    seen = []
    ctx = context(runtime)
    with ctx.reading() as session:
        kitchen = session.scalar(select(category.c.id).where(category.c.handle == "kitchen"))
        event.listen(session.get_bind(), "before_cursor_execute", lambda c, cursor, said, given, *_: seen.append((said, given)))
        page_of(ctx, Listing("price", kitchen), None, 24)
        said, given = seen[-1]
        plan = " ".join(row[-1] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", given))
    assert "catalog_price_range USING INDEX ix_catalog_price_range_order" in plan
    assert "TEMP B-TREE" not in plan
