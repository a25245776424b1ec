"""Goods: what is open, from where it leaves, and which status follows; no unit is ever sent twice."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketry.commerce.fulfilment import ParcelPlan
from marketry.commerce.stock import StockSource
from marketry_orders.domain.parcels import Movement, Need, fulfilment_status, left_over, plan, still_open, take
from marketry_orders.domain.states import FULFILMENT_TRANSITIONS, FulfilmentStatus

OAK = Need("l1", "OAK", 3, demands=(("OAK", 1),))
SET = Need("l2", "SET", 1, demands=(("OAK", 2), ("ASH", 1)))
CARD = Need("l3", "CARD", 1, shippable=False)


@pytest.mark.parametrize(
    ("moved", "cancelled", "status"),
    [
        (Movement(), False, "unfulfilled"),
        (Movement(), True, "cancelled"),
        (Movement({"l1": 2}), False, "partial"),
        (Movement({"l1": 3, "l2": 1}), False, "fulfilled"),
        (Movement({"l1": 3, "l2": 1}, {"l1": 3}), False, "fulfilled"),
        (Movement({"l1": 3, "l2": 1}, {"l1": 3, "l2": 1}), False, "delivered"),
        (Movement({"l1": 3, "l2": 1}, {"l1": 3, "l2": 1}, {"l1": 1}), False, "delivered"),
        (Movement({"l1": 3, "l2": 1}, {}, {"l1": 3, "l2": 1}), False, "returned"),
        (Movement({"l1": 1}, {}, {"l1": 1}), False, "partial"),
        (Movement({"l1": 1}, {}, {"l1": 1}), True, "returned"),
    ],
)
def test_the_status_that_follows_from_what_moved(moved: Movement, cancelled: bool, status: str) -> None:
    assert fulfilment_status([OAK, SET], moved, cancelled=cancelled) == status


def test_what_does_not_travel_is_not_open() -> None:
    assert still_open([OAK, CARD], {"l1": 1}) == {"l1": 2}


def test_a_parcel_takes_from_its_own_location_first() -> None:
    stock = [StockSource("OAK", "A", 1), StockSource("OAK", "B", 4), StockSource("ASH", "A", 1)]
    assert take([OAK, SET], {"l1": 1, "l2": 1}, stock, "B") == [StockSource("ASH", "A", 1), StockSource("OAK", "B", 3)]


def test_goods_without_reservation_are_not_counted() -> None:
    assert take([OAK], {"l1": 3}, [], "A") == []


def test_one_parcel_per_location() -> None:
    stock = [StockSource("OAK", "A", 1), StockSource("OAK", "B", 4), StockSource("ASH", "B", 1)]
    assert plan([OAK, SET], {"l1": 3, "l2": 1}, stock) == [
        ParcelPlan("A", (("l1", 1),)),
        ParcelPlan("B", (("l1", 2), ("l2", 1))),
    ]


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=4),
    st.lists(st.tuples(st.sampled_from("XY"), st.sampled_from("AB"), st.integers(1, 9)), max_size=6),
)
def test_the_plan_sends_every_open_unit_once(lines: list[tuple[int, int, int]], stock: list[tuple[str, str, int]]) -> None:
    needs = [Need(f"l{i}", f"S{i}", n, demands=(("X", x), ("Y", y))) for i, (n, x, y) in enumerate(lines)]
    open_lines = still_open(needs, {})
    sent = Counter[str]()
    for parcel in plan(needs, open_lines, [StockSource(*s) for s in stock]):
        sent.update(dict(parcel.lines))
    assert dict(sent) == open_lines


@given(st.lists(st.tuples(st.sampled_from("XY"), st.sampled_from("AB"), st.integers(1, 9)), max_size=6), st.integers(0, 9))
def test_stock_taken_and_stock_left_over_add_up(stock: list[tuple[str, str, int]], units: int) -> None:
    sources = [StockSource(*s) for s in stock]
    used = take([Need("l", "S", 9, demands=(("X", 1),))], {"l": units}, sources, "A")
    rest = left_over(sources, used)
    assert sum(s.quantity for s in used) + sum(s.quantity for s in rest) == sum(s.quantity for s in sources)
    assert sum(s.quantity for s in used) == min(units, sum(s.quantity for s in sources if s.stock_key == "X"))


@given(st.lists(st.tuples(st.sampled_from(["ship", "deliver", "return"]), st.sampled_from(["l1", "l2"])), max_size=20))
def test_the_fulfilment_status_only_takes_steps_that_are_listed(deeds: list[tuple[str, str]]) -> None:
    sold = {"l1": 3, "l2": 1}
    moved = {"ship": Counter[str](), "deliver": Counter[str](), "return": Counter[str]()}
    status = FulfilmentStatus.UNFULFILLED
    for deed, line in deeds:
        limit = sold[line] if deed == "ship" else moved["ship"][line]
        if moved[deed][line] < limit:
            moved[deed][line] += 1
        after = fulfilment_status([OAK, SET], Movement(moved["ship"], moved["deliver"], moved["return"]), cancelled=False)
        assert after == status or after in FULFILMENT_TRANSITIONS[status]
        status = after
