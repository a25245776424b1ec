"""Time passes in a running shop: its rows grow older, and its schedules are due now."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Table, delete, insert, select, update
from tests.payments.till import Till

from marketry.jobs.tables import OUTBOX, SCHEDULES
from marketry_orders.models import Operation, Payment, ReconciledDay, Transaction

_payments: Table = Payment.__table__  # type: ignore[attr-defined]
_operations: Table = Operation.__table__  # type: ignore[attr-defined]
_transactions: Table = Transaction.__table__  # type: ignore[attr-defined]
_days: Table = ReconciledDay.__table__  # type: ignore[attr-defined]


def age(till: Till, numbers: Sequence[str], by: timedelta) -> None:
    """The payments of these orders, what was asked of their gateways and what moved lie further back."""
    ids = [payment.id for number in numbers for payment in till.payments(number)]
    with till.books.engine.begin() as connection:
        for table, key, column in (
            (_payments, _payments.c.id, _payments.c.created_at),
            (_operations, _operations.c.payment_id, _operations.c.requested_at),
            (_transactions, _transactions.c.payment_id, _transactions.c.at),
        ):
            own = next(iter(table.primary_key))
            for row, at in connection.execute(select(own, column).where(key.in_(ids))).all():
                connection.execute(update(table).where(own == row).values({column.name: at - by}))


def due(till: Till, schedule: str) -> None:
    """The schedule's next tick is now, so the shop runs it within a second or so."""
    with till.books.engine.begin() as connection:
        changed = connection.execute(update(SCHEDULES).where(SCHEDULES.c.key == schedule).values(next_at=datetime.now(UTC)))
        assert changed.rowcount == 1, f"there is no schedule {schedule}"


def compared_until(till: Till, provider: str, days_ago: int) -> None:
    """The provider's book was compared up to that day and not beyond."""
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days_ago)
    row = {"provider": provider, "day": day, "movements": 0, "differences": 0, "compared_at": day}
    with till.books.engine.begin() as connection:
        connection.execute(delete(_days).where(_days.c.provider == provider))
        connection.execute(insert(_days).values(row | ({"fees": {}} if "fees" in _days.c else {})))


def leases_run_out(till: Till) -> None:
    """What killed processes were working on is free again, as half a minute later."""
    long_ago = datetime.now(UTC) - timedelta(minutes=1)
    free = update(OUTBOX).where(OUTBOX.c.state == "waiting", OUTBOX.c.lease_until.is_not(None))
    with till.books.engine.begin() as connection:
        connection.execute(free.values(lease_until=long_ago, handed_at=None))


def jobs_are_lost(till: Till, keys: Sequence[str]) -> None:
    """The jobs of these keys are gone, as after a restore of an older backup."""
    with till.books.engine.begin() as connection:
        gone = connection.execute(delete(OUTBOX).where(OUTBOX.c.key.in_(keys)))
        assert gone.rowcount == len(keys)
