"""Living through the plans, week by week."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from history.deeds import place
from history.fates import steps_of
from history.members import wishes
from history.plans import DAYS, Plan, make_plans
from history.shelves import BEFORE, receipts, stock_taking
from history.shop import Shop
from marketry.audit import AUDIT, audit
from marketry.runtime import Runtime
from marketry_orders.models import Order

MARK = "sample.history"
WEEKS = (DAYS + BEFORE) // 7 + 1


@dataclass(order=True, slots=True)
class Step:
    """Something to do at a moment; `turn` keeps the order of steps of the same moment."""

    at: datetime
    turn: int
    do: Callable[["Shop"], None] = field(compare=False)


def write_history(runtime: Runtime, *, orders: int = 420, seed: int = 7, say: Callable[[str], None] = lambda text: None) -> None:
    """Make the orders, unless they are there. A shop with orders of its own and without a history is left alone."""
    real, start = runtime.clock, _started(runtime)
    if start is None and _has_orders(runtime):
        return
    if start is not None and start["weeks"] >= WEEKS:
        return
    today = datetime.fromisoformat(start["today"]) if start else real().replace(hour=0, minute=0, second=0, microsecond=0)
    shop = Shop(runtime)
    if start is None:
        _mark(shop, 0, today)
    try:
        _live(shop, make_plans(today, orders, seed), today, start["weeks"] if start else 0, say)
    finally:
        runtime.clock = real


def _started(runtime: Runtime) -> dict[str, Any] | None:
    newest = select(AUDIT.c.details).where(AUDIT.c.action == MARK).order_by(AUDIT.c.id.desc()).limit(1)
    with runtime.context().reading() as session:
        return session.scalar(newest)


def _has_orders(runtime: Runtime) -> bool:
    with runtime.context().reading() as session:
        return session.scalar(select(Order.id).limit(1)) is not None


def _live(shop: Shop, plans: Sequence[Plan], today: datetime, done: int, say: Callable[[str], None]) -> None:
    origin = today - timedelta(days=DAYS + BEFORE)
    placings: list[list[Plan]] = [[] for _ in range(WEEKS)]
    deeds: list[list[Step]] = [[] for _ in range(WEEKS)]
    for plan in plans:
        placings[(plan.at - origin).days // 7].append(plan)
    every = [pair for plan in plans for pair in steps_of(plan)] + list(receipts(plans, origin))
    for turn, (at, do) in enumerate(every):
        if at <= today + timedelta(hours=6):
            deeds[min((at - origin).days // 7, WEEKS - 1)].append(Step(at, turn, do))
    shop.numbers = _placed_before(shop, plans)
    for week in range(done, WEEKS):
        for plan in placings[week]:
            if plan.number not in shop.numbers:
                place(shop, plan)
        _settle_week(shop, sorted(deeds[week]), week, today)
        if week % 13 == 12:
            say(f"a year of orders: {100 * (week + 1) // WEEKS} %")


def _settle_week(shop: Shop, steps: Sequence[Step], week: int, today: datetime) -> None:
    with shop.staff.writing():
        for step in steps:
            shop.at(step.at)
            step.do(shop)
        if week == WEEKS - 1:
            stock_taking(shop)
            wishes(shop)
        _mark(shop, week + 1, today)


def _mark(shop: Shop, weeks: int, today: datetime) -> None:
    with shop.staff.writing():
        audit(shop.staff, MARK, "shop", weeks=weeks, today=today.isoformat())


def _placed_before(shop: Shop, plans: Sequence[Plan]) -> dict[int, str]:
    """The numbers of orders that an earlier start has placed: a person buys once at a moment."""
    with shop.staff.reading() as session:
        rows = session.execute(select(Order.email, Order.placed_at, Order.number)).all()
    known = {(row.email, row.placed_at): row.number for row in rows}
    return {p.number: known[p.person.email, p.at] for p in plans if (p.person.email, p.at) in known}
