"""The shop's ledger beside Stripe's own list of what came and went: they agree, and what one of them lacks is shown."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlmodel import col
from tests.payments.vault_shop import VaultShop, vault_shop

from marketry.jobs.running import run_pending
from marketry.testing.plugin import DATABASES
from marketry_orders.models import Discrepancy, Order, ReconciledDay, Transaction
from marketry_orders.performing import perform_all
from marketry_orders.reconciling import reconcile_day
from marketry_orders.refunding import refund_order


@pytest.fixture(params=DATABASES)
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VaultShop]:
    with vault_shop(tmp_path_factory.mktemp("book"), request.param) as made:
        yield made


def compared(shop: VaultShop) -> tuple[Any, list[tuple[Any, ...]]]:
    """Today, compared with Stripe; and what was noted."""
    today = shop.ctx().now().replace(hour=0, minute=0, second=0, microsecond=0)
    reconcile_day(shop.ctx(), "stripe", shop.runtime.provider("stripe"), today)
    with shop.ctx().reading() as session:
        (day,) = session.scalars(select(ReconciledDay)).all()
        noted = session.scalars(select(Discrepancy).order_by(col(Discrepancy.id))).all()
    return day, [(row.kind, row.remote_id, row.ours, row.theirs) for row in noted]


def bought(shop: VaultShop) -> str:
    told = shop.ordered("")
    shop.pays(told)
    return str(told["order"]["number"])


def test_both_books_agree_and_what_only_one_has_is_noted(shop: VaultShop) -> None:
    number, other = bought(shop), bought(shop)
    perform_all(shop.ctx(), refund_order(shop.ctx(), number, 500))
    run_pending(shop.runtime)
    day, noted = compared(shop)
    assert (day.movements, day.differences, day.fees) == (3, 0, {"USD": 2 * 88})
    assert noted == []
    # one payment falls out of our ledger, and Stripe's list knows better
    with shop.runtime.database.writing() as session:
        order = session.scalars(select(Order).where(col(Order.number) == other)).one()
        (lost,) = session.scalars(select(Transaction).where(col(Transaction.order_id) == order.id)).all()
        name = lost.remote_id
        session.execute(delete(Transaction).where(col(Transaction.id) == lost.id))
    day, noted = compared(shop)
    assert (day.movements, day.differences) == (3, 1)
    assert noted == [("capture", name, None, 1999)]
