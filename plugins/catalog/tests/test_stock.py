"""Stock: what is promised once is never promised twice, and every movement adds up."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from plugins.catalog.tests.shelves import context, filled
from sqlalchemy import func, select

from marketry import Refused
from marketry.commerce.items import Demand
from marketry.commerce.stock import StockKeeper, StockSource
from marketry.hookspecs import goods
from marketry_catalog.models.stock import movement, stock_level
from marketry_catalog.stock.expiry import release_expired


class Clock:
    def __init__(self):
        self.now = datetime(2026, 5, 1, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def shop(database, make_site, tmp_path, clock):
    return filled(make_site, tmp_path, clock=clock)


@pytest.fixture
def ctx(shop):
    return context(shop)


@pytest.fixture
def keeper(shop):
    return shop.service(StockKeeper)


def level(ctx, sku):
    """(on_hand, allocated) over all locations."""
    with ctx.reading() as session:
        from marketry_catalog.models.products import variant

        row = session.execute(
            select(func.sum(stock_level.c.on_hand), func.sum(stock_level.c.allocated))
            .join(variant, variant.c.id == stock_level.c.variant_id)
            .where(variant.c.sku == sku)
        ).one()
        return tuple(int(n) for n in row)


def moved(ctx, sku):
    """What the log says the level is."""
    with ctx.reading() as session:
        row = session.execute(
            select(func.sum(movement.c.on_hand), func.sum(movement.c.allocated)).where(movement.c.sku == sku)
        ).one()
        return tuple(int(n) for n in row)


def reserve(ctx, keeper, subject, n=1, sku="BOWL", location="main", expires_at=None):
    with ctx.writing():
        keeper.reserve(ctx, subject, [StockSource(sku, location, n)], expires_at)


def test_available_counts_what_is_not_promised_at_all_locations(ctx, keeper):
    reserve(ctx, keeper, "order:A", 2)
    with ctx.reading():
        assert keeper.available(ctx, ["BOWL", "MUG-INK", "NOSUCH"]) == {"BOWL": 4, "MUG-INK": 0}


def test_reserving_more_than_there_is_is_refused_by_name_and_takes_nothing(ctx, keeper):
    with pytest.raises(Refused) as refused, ctx.writing():
        keeper.reserve(ctx, "order:A", [StockSource("BOWL", "main", 2), StockSource("MUG-OAT", "main", 11)], None)
    problem = refused.value.problems[0]
    assert (problem.code, problem.status, problem.field) == ("out_of_stock", 409, "MUG-OAT")
    assert problem.message == "Only 10 of MUG-OAT are left."
    assert level(ctx, "BOWL") == (6, 0)
    assert moved(ctx, "BOWL") == (6, 0)


def test_reserving_again_for_the_same_subject_changes_nothing(ctx, keeper):
    for _ in range(3):
        reserve(ctx, keeper, "order:A", 2)
    assert level(ctx, "BOWL") == (6, 2)
    assert moved(ctx, "BOWL") == (6, 2)


def test_what_was_given_back_whole_can_be_taken_anew(ctx, keeper):
    reserve(ctx, keeper, "order:A", 2)
    with ctx.writing():
        keeper.release(ctx, "order:A")
    reserve(ctx, keeper, "order:A", 3)
    assert level(ctx, "BOWL") == (6, 3)


def test_releasing_gives_back_what_is_open_once(ctx, keeper):
    reserve(ctx, keeper, "order:A", 3)
    for _ in range(2):
        with ctx.writing():
            keeper.release(ctx, "order:A")
    assert level(ctx, "BOWL") == (6, 0)
    assert moved(ctx, "BOWL") == (6, 0)


def test_a_part_is_given_back_once_per_reference_and_never_more_than_is_open(ctx, keeper):
    reserve(ctx, keeper, "order:A", 5)
    for reference in ("edit:1", "edit:1", "edit:2"):
        with ctx.writing():
            keeper.release(ctx, "order:A", [StockSource("BOWL", "main", 2)], reference)
    assert (level(ctx, "BOWL"), moved(ctx, "BOWL")) == ((6, 1), (6, 1))
    with ctx.writing():
        keeper.release(ctx, "order:A", [StockSource("BOWL", "main", 9)], "edit:3")
    assert (level(ctx, "BOWL"), moved(ctx, "BOWL")) == ((6, 0), (6, 0))
    with ctx.writing():
        keeper.release(ctx, "order:B", [StockSource("BOWL", "main", 1)], "edit:1")
    assert level(ctx, "BOWL") == (6, 0)


def test_a_part_without_a_reference_is_refused_and_changes_nothing(ctx, keeper):
    reserve(ctx, keeper, "order:A", 3)
    with pytest.raises(ValueError, match="release needs a reference"), ctx.writing():
        keeper.release(ctx, "order:A", [StockSource("BOWL", "main", 1)])
    assert (level(ctx, "BOWL"), moved(ctx, "BOWL")) == ((6, 3), (6, 3))


def test_shipping_takes_both_numbers_down_once_per_parcel(ctx, keeper):
    reserve(ctx, keeper, "order:A", 3)
    for _ in range(2):
        with ctx.writing():
            keeper.ship(ctx, "order:A", [StockSource("BOWL", "main", 2)], "parcel:1")
    assert level(ctx, "BOWL") == (4, 1)
    assert moved(ctx, "BOWL") == (4, 1)


def test_shipping_more_than_is_reserved_is_refused_and_changes_nothing(ctx, keeper):
    reserve(ctx, keeper, "order:A", 1)
    with pytest.raises(Refused) as refused, ctx.writing():
        keeper.ship(ctx, "order:A", [StockSource("BOWL", "main", 2)], "parcel:1")
    assert refused.value.problems[0].code == "not_reserved"
    assert level(ctx, "BOWL") == (6, 1)
    assert moved(ctx, "BOWL") == (6, 1)


def test_restocking_brings_units_back_once_per_return(ctx, keeper):
    reserve(ctx, keeper, "order:A", 2)
    with ctx.writing():
        keeper.ship(ctx, "order:A", [StockSource("BOWL", "main", 2)], "parcel:1")
    for _ in range(2):
        with ctx.writing():
            keeper.restock(ctx, "order:A", [StockSource("BOWL", "studio", 2)], "return:1")
    assert level(ctx, "BOWL") == (6, 0)
    assert moved(ctx, "BOWL") == (6, 0)


def test_expired_reservations_go_back_on_sale_and_kept_ones_do_not(ctx, keeper, clock):
    soon = clock.now + timedelta(minutes=10)
    reserve(ctx, keeper, "order:A", 2, expires_at=soon)
    reserve(ctx, keeper, "order:B", 1, expires_at=soon)
    with ctx.writing():
        keeper.keep(ctx, "order:B")
    release_expired(ctx)
    assert level(ctx, "BOWL") == (6, 3)
    clock.now += timedelta(minutes=10)
    release_expired(ctx)
    release_expired(ctx)
    assert level(ctx, "BOWL") == (6, 1)
    assert moved(ctx, "BOWL") == (6, 1)


def test_what_expired_beside_a_part_that_has_left_can_be_taken_anew(ctx, keeper, clock):
    reserve(ctx, keeper, "order:A", 5, expires_at=clock.now + timedelta(minutes=30))
    with ctx.writing():
        keeper.ship(ctx, "order:A", [StockSource("BOWL", "main", 2)], "parcel:1")
    clock.now += timedelta(minutes=31)
    release_expired(ctx)
    assert level(ctx, "BOWL") == (4, 0)
    reserve(ctx, keeper, "order:A", 5)  # what was asked for at first is answered: a part has left
    assert level(ctx, "BOWL") == (4, 0)
    reserve(ctx, keeper, "order:A", 3)
    reserve(ctx, keeper, "order:A", 3)
    assert level(ctx, "BOWL") == (4, 3)
    with ctx.writing():
        keeper.ship(ctx, "order:A", [StockSource("BOWL", "main", 3)], "parcel:2")
    assert level(ctx, "BOWL") == moved(ctx, "BOWL") == (1, 0)


def test_one_location_that_serves_all_is_preferred_to_a_better_one_that_does_not(ctx, shop):
    with ctx.writing() as session:
        session.execute(stock_level.update().where(stock_level.c.on_hand == 5).values(on_hand=0))
    with ctx.reading():
        answer = shop.hooks.first(goods.stock_sources, ctx, [Demand("BOWL"), Demand("MUG-OAT", 2)])
    assert list(answer.value) == [StockSource("BOWL", "studio", 1), StockSource("MUG-OAT", "studio", 2)]


def test_a_key_is_split_where_no_location_has_enough(ctx, shop):
    with ctx.reading():
        answer = shop.hooks.first(goods.stock_sources, ctx, [Demand("MUG-OAT", 5), Demand("MUG-OAT", 6)])
    assert list(answer.value) == [StockSource("MUG-OAT", "main", 10), StockSource("MUG-OAT", "studio", 1)]


def test_keys_of_nobody_are_left_to_other_plugins(ctx, shop):
    with ctx.reading():
        assert shop.hooks.first(goods.stock_sources, ctx, [Demand("GIFT")]) is None


def test_forty_buyers_of_twelve_mugs_in_opposite_order_buy_exactly_what_there_is(shop, ctx, keeper):
    won, lost, broken = [], [], []

    def buy(i):
        mine = shop.context()
        sources = [StockSource("MUG-OAT", "main", 1), StockSource("BOWL", "main", 1)]
        try:
            shop.database.run(lambda session: _reserve_in(mine, session, keeper, f"order:{i}", sources[:: 1 if i % 2 else -1]))
            won.append(i)
        except Refused as refused:
            lost.append(refused.problems[0].code)
        except Exception as error:
            broken.append(error)

    threads = [threading.Thread(target=buy, args=(i,)) for i in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    assert (len(won), lost) == (5, ["out_of_stock"] * 35)
    assert level(ctx, "BOWL") == (6, 5)
    assert level(ctx, "MUG-OAT") == (12, 5)
    assert moved(ctx, "BOWL") == (6, 5)
    assert moved(ctx, "MUG-OAT") == (12, 5)


def _reserve_in(ctx, session, keeper, subject, sources):
    ctx._session, ctx._writable = session, True
    try:
        keeper.reserve(ctx, subject, sources, None)
    finally:
        ctx._session, ctx._writable = None, False


def test_the_same_order_reserved_by_two_threads_is_reserved_once(shop, ctx, keeper):
    broken = []

    def again():
        mine = shop.context()
        try:
            reserve(mine, keeper, "order:A", 2)
        except Exception as error:
            broken.append(error)

    threads = [threading.Thread(target=again) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    assert level(ctx, "BOWL") == (6, 2)
    assert moved(ctx, "BOWL") == (6, 2)
