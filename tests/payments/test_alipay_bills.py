"""Alipay's bill of a day beside the shop's ledger: the same movements under the same names, and what differs is noted."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.payments.agreeing import books_agree, ledger
from tests.payments.till import Till

from marketry.boot import boot
from marketry.commerce.money import Money
from marketry.commerce.payment import Settled
from marketry.runtime import Runtime
from marketry_orders.models import Discrepancy
from marketry_orders.reconciling import reconcile_day
from marketry_payments_alipay.client import Unavailable

CHINA = timedelta(hours=8)


@contextmanager
def shop_at(till: Till, at: datetime) -> Iterator[Runtime]:
    """The same shop in this process, as if it were `at`: bills are of days that are over."""
    environ = {**till.site.environment, "MARKETRY_SITE": str(till.site.folder)}
    runtime = boot(till.site.folder, environ=environ, clock=lambda: at)
    try:
        with till.alipay.gateway.at_any_time():
            yield runtime
    finally:
        runtime.close()


def midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def of_order(rows: list[Settled], till: Till, number: str) -> set[tuple[str, int, str, str]]:
    names = {movement.remote_id for movement in ledger(till, number)}
    return {(str(row.kind), row.amount.minor, row.amount.currency, row.remote_id) for row in rows if row.remote_id in names}


def test_a_days_bill_names_the_movements_as_the_ledger_does(till: Till) -> None:
    number, token = till.paid("alipay", "TEA")
    for part in (333, 333):
        assert till.deed(number, "refund", amount=part).status_code in (200, 202)
    till.becomes(number, token, "partially_refunded", 60)
    assert [row[2] for row in books_agree(till, number)] == [8888, 333, 333]
    now = datetime.now(UTC)
    till.alipay.controls.advance(3 * 86_400)  # at Alipay these days are over
    with shop_at(till, now + timedelta(days=3)) as runtime:
        rows = billed(runtime, now - timedelta(days=1), now + timedelta(days=1))
        assert of_order(rows, till, number) == {(m.kind, m.amount, m.currency, m.remote_id) for m in ledger(till, number)}
        day = midnight(now)
        found = compared(runtime, day)
        mine = {movement.remote_id for movement in ledger(till, number)}
        assert [difference for difference in found if difference.remote_id in mine] == []


def test_what_the_bill_has_and_the_ledger_hasnt_is_noted_once(till: Till) -> None:
    """Somebody gave money back at Alipay itself, and its notice never came."""
    number, _ = till.paid("alipay", "TEA")
    books_agree(till, number)
    till.alipay.controls.plan(1, drop=True)
    trade = till.alipay.book.trade(till.key_of(number))
    assert trade is not None
    till.alipay.book.refund(trade, trade.total / 8, f"elsewhere{number}", "")
    now = datetime.now(UTC)
    till.alipay.controls.advance(3 * 86_400)
    with shop_at(till, now + timedelta(days=3)) as runtime:
        for _ in range(2):
            found = [d for d in compared(runtime, midnight(now)) if d.remote_id == f"elsewhere{number}"]
            assert [(d.kind, d.ours, d.theirs) for d in found] == [("refund", None, Money(1111, "CNY"))]
        with runtime.context().reading() as session:
            noted = session.query(Discrepancy).filter_by(remote_id=f"elsewhere{number}").all()
            assert [(d.provider, d.kind, d.ours, d.theirs) for d in noted] == [("alipay", "refund", None, 1111)]


def test_a_day_that_isnt_over_and_a_bill_that_may_still_come(till: Till) -> None:
    """No bill of yesterday this morning isn't a day without payments."""
    here = datetime.now(UTC) + CHINA
    dawn = midnight(here) - CHINA + timedelta(days=400)  # midnight in China, long after all that was ever paid here
    till.alipay.controls.advance((dawn - datetime.now(UTC)).total_seconds() + 3600)
    with shop_at(till, dawn + timedelta(hours=3)) as early, pytest.raises(Unavailable, match="may still come"):
        billed(early, dawn - timedelta(days=1), dawn)
    with shop_at(till, dawn + timedelta(hours=13)) as late:
        assert billed(late, dawn - timedelta(days=1), dawn + timedelta(hours=13)) == []


def billed(runtime: Runtime, since: datetime, until: datetime) -> list[Settled]:
    provider: Any = runtime.provider("alipay")
    return list(provider.reconcile(runtime.context(), since, until))


def compared(runtime: Runtime, day: datetime) -> Any:
    return reconcile_day(runtime.context(), "alipay", runtime.provider("alipay"), day)  # type: ignore[arg-type]
