"""Comparing the ledger with a provider's own book."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from marketry import Money
from marketry.commerce.payment import AttemptState, Entry, Phase, Settled, Snapshot, TransactionKind
from marketry_orders.models import Discrepancy, ReconciledDay
from marketry_orders.reconciling import days_to_compare, reconcile, settle_discrepancy
from marketry_orders.settling import settle

K = TransactionKind


class Book:
    """What the gateway lists, where it can be reached."""

    def __init__(self, shop: Any) -> None:
        self.rows: list[Settled] = []
        self.asked: list[tuple[datetime, datetime]] = []
        self.away = False
        shop.gateway.reconcile = self.list

    def list(self, ctx: Any, since: datetime, until: datetime) -> list[Settled]:
        assert not ctx.in_transaction
        if self.away:
            raise ConnectionError("gateway is away")
        self.asked.append((since, until))
        return [row for row in self.rows if since <= row.at < until]


@pytest.fixture
def book(shop: Any) -> Book:
    return Book(shop)


def paid(shop: Any, name: str, minor: int = 10_000) -> str:
    number = shop.order(("gateway", minor))
    settle(shop.ctx(), f"{number}-gateway", shop.gateway.pays(f"{number}-gateway", minor, remote_id=name))
    return str(number)


def found(shop: Any) -> list[tuple[str, str, int | None, int | None]]:
    with shop.ctx().reading() as session:
        rows = session.scalars(select(Discrepancy).order_by(Discrepancy.id)).all()
    return [(row.kind, row.remote_id, row.ours, row.theirs) for row in rows]


def test_books_that_agree_leave_a_day_and_nothing_else(shop: Any, book: Book) -> None:
    paid(shop, "ch_1")
    book.rows = [Settled("ch_1", K.CAPTURE, Money(10_000, "USD"), shop.now[0])]
    shop.later(days=2)
    reconcile(shop.ctx())
    assert found(shop) == []
    with shop.ctx().reading() as session:
        (day,) = session.scalars(select(ReconciledDay)).all()
    assert (day.provider, day.movements, day.differences) == ("gateway", 1, 0)
    reconcile(shop.ctx())
    assert len(book.asked) == 1  # a day that was compared is done


def test_each_kind_of_difference_is_noted_once_and_settled_by_staff(shop: Any, book: Book) -> None:
    for name in ("ch_missing", "ch_other"):
        paid(shop, name)
    book.rows = [
        Settled("ch_other", K.CAPTURE, Money(9_999, "USD"), shop.now[0]),
        Settled("ch_strange", K.CAPTURE, Money(500, "USD"), shop.now[0]),
        Settled("re_elsewhere", K.REFUND, Money(100, "USD"), shop.now[0]),
    ]
    shop.later(days=2)
    reconcile(shop.ctx())
    differences = [
        ("capture", "ch_missing", 10_000, None),
        ("capture", "ch_other", 10_000, 9_999),
        ("capture", "ch_strange", None, 500),
        ("refund", "re_elsewhere", None, 100),
    ]
    assert found(shop) == differences
    ctx = shop.ctx()
    with ctx.writing() as session:
        first = session.scalars(select(Discrepancy.id).order_by(Discrepancy.id)).first()
        assert settle_discrepancy(ctx, first, "A test payment.")
        assert not settle_discrepancy(ctx, first, "Again.")
    shop.later(days=1)
    reconcile(shop.ctx())
    assert found(shop) == differences


def test_what_is_recorded_after_midnight_is_found_by_its_name(shop: Any, book: Book) -> None:
    """The provider's clock says yesterday, our row is of today."""
    at = shop.now[0]
    shop.later(hours=13)
    paid(shop, "ch_late")
    book.rows = [Settled("ch_late", K.CAPTURE, Money(10_000, "USD"), at)]
    for _ in range(3):
        shop.later(days=1)
        reconcile(shop.ctx())
    assert found(shop) == []


def test_what_was_told_days_late_is_looked_for_further_back(shop: Any, book: Book) -> None:
    at = shop.now[0]
    shop.later(days=5)
    paid(shop, "ch_told_late")
    book.rows = [Settled("ch_told_late", K.CAPTURE, Money(10_000, "USD"), at)]
    for _ in range(3):
        shop.later(days=1)
        reconcile(shop.ctx())
    assert found(shop) == []


def test_a_provider_that_is_away_is_asked_for_each_day_later(shop: Any, book: Book) -> None:
    shop.later(days=2)
    reconcile(shop.ctx())
    book.away = True
    shop.later(days=3)
    reconcile(shop.ctx())
    assert len(days_to_compare(shop.ctx(), "gateway")) == 3
    book.away = False
    reconcile(shop.ctx())
    assert days_to_compare(shop.ctx(), "gateway") == []
    assert len(book.asked) == 4


def test_a_refund_that_came_back_is_no_movement_and_fees_are_summed_per_currency(shop: Any, book: Book) -> None:
    number = paid(shop, "ch_1")
    for phase in (Phase.SUCCEEDED, Phase.FAILED):
        bounced = Entry(K.REFUND, phase, Money(300, "USD"), "re_bounced")
        settle(shop.ctx(), f"{number}-gateway", Snapshot(AttemptState.CAPTURED, f"pi_{number}-gateway", (bounced,)))
    book.rows = [Settled("ch_1", K.CAPTURE, Money(10_000, "USD"), shop.now[0], Money(88, "EUR"))]
    shop.later(days=2)
    reconcile(shop.ctx())
    assert found(shop) == []
    with shop.ctx().reading() as session:
        (day,) = session.scalars(select(ReconciledDay)).all()
    assert (day.movements, day.differences, day.fees) == (1, 0, {"EUR": 88})
