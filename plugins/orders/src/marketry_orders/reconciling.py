"""Comparing the ledger with the providers' own books, a day at a time, after that day has been closed everywhere."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from marketry import Context
from marketry.commerce.money import Money
from marketry.commerce.payment import Phase, Reconcilable, Settled, TransactionKind
from marketry.telemetry import log
from marketry_orders.models import Discrepancy, Payment, ReconciledDay, Transaction
from marketry_orders.payment_choices import providers

DAY = timedelta(days=1)
CLOSED_AFTER = DAY  # a provider's list of a day is there from the next morning on, wherever it lives
AT_MOST = 14  # days to catch up with, and to look back for what was told late
AROUND = timedelta(hours=1)
COMPARED = (TransactionKind.CAPTURE, TransactionKind.REFUND)
Name = tuple[str, str]  # kind and remote id of a movement

_OURS = (
    select(col(Transaction.kind), col(Transaction.remote_id), col(Transaction.amount), col(Transaction.currency), col(Payment.id))
    .join(Payment, col(Payment.id) == col(Transaction.payment_id))
    .where(col(Payment.provider) == bindparam("provider"), col(Transaction.phase) == Phase.SUCCEEDED.value)
    .where(col(Transaction.kind).in_([kind.value for kind in COMPARED]))
)
_OTHER = aliased(Transaction)
_SAME = (
    col(_OTHER.payment_id) == col(Transaction.payment_id), col(_OTHER.kind) == col(Transaction.kind),
    col(_OTHER.remote_id) == col(Transaction.remote_id),
)  # fmt: skip
# A refund that came back is no movement any more, whenever it settled.
_OURS = _OURS.where(
    ~select(col(_OTHER.id)).where(*_SAME, col(_OTHER.phase) == Phase.FAILED.value, col(_OTHER.kind) == "refund").exists()
)
_OF_DAY = _OURS.where(col(Transaction.at) >= bindparam("since"), col(Transaction.at) < bindparam("until"))
_BY_NAME = _OURS.where(col(Transaction.remote_id).in_(bindparam("names", expanding=True)))
_OPEN = select(func.count()).select_from(
    select(col(Discrepancy.id)).where(col(Discrepancy.settled_at).is_(None)).limit(100).subquery()
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A movement that one side doesn't have (None), or has with another amount."""

    kind: str
    remote_id: str
    ours: Money | None
    theirs: Money | None
    payment: str | None = None


def compare(ours: Mapping[Name, tuple[Money, str]], theirs: Iterable[Settled], expected: Iterable[Name]) -> list[Difference]:
    """Where the books differ. `ours` holds every movement of ours that is named on either side; `expected` are those that the
    provider should have listed."""
    listed: dict[Name, Money] = {}
    for row in theirs:
        listed[(row.kind, row.remote_id)] = row.amount
    found = []
    for name in sorted({*listed, *expected}):
        mine, payment = ours.get(name, (None, None))
        if mine != listed.get(name):
            found.append(Difference(*name, mine, listed.get(name), payment))
    return found


def reconcile_day(ctx: Context, code: str, provider: Reconcilable, day: datetime) -> Sequence[Difference]:
    """Compare one day (UTC) with `provider` and note what differs. Asks the provider outside any transaction."""
    listed = _listed(ctx, code, provider, day)
    with ctx.writing() as session:
        of_day = _named(session.execute(_OF_DAY, {"provider": code, "since": day, "until": day + DAY}))
        named = _named(session.execute(_BY_NAME, {"provider": code, "names": [s.remote_id for s in listed]}))
        theirs = [s for s in listed if day <= s.at < day + DAY or (s.kind, s.remote_id) in of_day]
        found = compare({**named, **of_day}, theirs, of_day)
        for difference in found:
            _note(ctx, code, day, difference)
        movements = len({*of_day, *((s.kind, s.remote_id) for s in theirs)})
        session.merge(
            ReconciledDay(
                provider=code, day=day, compared_at=ctx.now(), movements=movements, differences=len(found),
                fees=fees_of(listed, day),
            )
        )  # fmt: skip
    return found


def fees_of(listed: Iterable[Settled], day: datetime) -> dict[str, int]:
    """What the provider kept for itself on `day`, as {currency: minor units}."""
    sums: dict[str, int] = {}
    for fee in (s.fee for s in listed if s.fee and day <= s.at < day + DAY):
        sums[fee.currency] = sums.get(fee.currency, 0) + fee.minor
    return sums


def reconcile(ctx: Context) -> None:
    """Schedule: the closed days, with every provider that can list them. One that can't be reached is asked anew at the next
    turn, since a day is done only when it was compared."""
    for code, provider in comparable(ctx).items():
        for day in days_to_compare(ctx, code):
            _try(ctx, code, provider, day)


def comparable(ctx: Context) -> dict[str, Reconcilable]:
    """Providers that can list their own book, by code."""
    return {code: answer.value for code, answer in providers(ctx).items() if isinstance(answer.value, Reconcilable)}


def days_to_compare(ctx: Context, code: str) -> list[datetime]:
    """Closed days since the last one that was compared; for a provider that is new, the last closed one."""
    last = ctx.now().replace(hour=0, minute=0, second=0, microsecond=0) - CLOSED_AFTER - DAY
    with ctx.reading() as session:
        done = session.scalar(select(func.max(col(ReconciledDay.day))).where(col(ReconciledDay.provider) == code))
    first = max(done + DAY, last - AT_MOST * DAY) if done else last
    return [first + n * DAY for n in range((last - first).days + 1)]


def _try(ctx: Context, code: str, provider: Reconcilable, day: datetime) -> None:
    try:
        found = reconcile_day(ctx, code, provider, day)
    except Exception as error:
        log.warning("not_reconciled", provider=code, day=day.date().isoformat(), error=repr(error))
        return
    if found:
        log.error("books_differ", provider=code, day=day.date().isoformat(), movements=len(found))


def open_discrepancies(ctx: Context) -> int | None:
    """How many differences nobody has settled, for the menu; None where there are none."""
    with ctx.reading() as session:
        return session.scalar(_OPEN) or None


def _listed(ctx: Context, code: str, provider: Reconcilable, day: datetime) -> list[Settled]:
    """What the provider lists of the day and around it: clocks and midnights differ. What we booked on the day and it doesn't
    list there may have happened long before, where its notices were late; so it is looked for further back."""
    listed = [s for s in provider.reconcile(ctx, day - DAY, day + DAY + AROUND) if s.kind in COMPARED]
    with ctx.reading() as session:
        of_day = _named(session.execute(_OF_DAY, {"provider": code, "since": day, "until": day + DAY}))
    missing = of_day.keys() - {(str(s.kind), s.remote_id) for s in listed}
    if missing:
        earlier = provider.reconcile(ctx, day - AT_MOST * DAY, day - DAY)
        listed += [s for s in earlier if (str(s.kind), s.remote_id) in missing]
    return listed


def _named(rows: Iterable[Any]) -> dict[Name, tuple[Money, str]]:
    return {(str(row[0]), row[1]): (Money(row[2], row[3]), row[4]) for row in rows}


def _note(ctx: Context, code: str, day: datetime, difference: Difference) -> None:
    """Once per movement: a second look at the day changes nothing that staff have settled."""
    one = select(Discrepancy).where(
        col(Discrepancy.provider) == code, col(Discrepancy.kind) == difference.kind,
        col(Discrepancy.remote_id) == difference.remote_id,
    )  # fmt: skip
    if ctx.session.scalars(one).first() is not None:
        return
    either = difference.ours or difference.theirs
    assert either is not None  # noqa: S101 - one side has it, or it wouldn't differ
    ctx.session.add(
        Discrepancy(
            provider=code,
            kind=difference.kind,
            remote_id=difference.remote_id,
            payment_id=difference.payment,
            currency=either.currency,
            ours=difference.ours.minor if difference.ours else None,
            theirs=difference.theirs.minor if difference.theirs else None,
            day=day,
            found_at=ctx.now(),
        )
    )
    ctx.session.flush()


def settle_discrepancy(ctx: Context, id: int, note: str) -> bool:
    """Staff have looked into it; False where it is none or was settled before. Inside `ctx.writing()`."""
    found = ctx.session.get(Discrepancy, id)
    if found is None or found.settled_at is not None:
        return False
    found.settled_at, found.settled_by, found.note = ctx.now(), ctx.actor.id, note[:500]
    ctx.session.flush()
    return True
