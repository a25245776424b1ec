"""The shelves: what comes from the workshops, and a count at the end."""

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from history.plans import CATALOGUE, Plan
from history.shop import Shop
from marketry.commerce.stock import StockKeeper
from marketry_catalog.editing.adjusting import AdjustmentForm, adjust_stock

BEFORE = 9  # days before the first order, in which the shelves are filled
RECEIPT_EVERY = timedelta(days=45)


def receipts(plans: Sequence[Plan], origin: datetime) -> Iterator[tuple[datetime, Callable[[Shop], None]]]:
    """What comes from the workshops: six weeks' demand, in a week before it arises."""
    needs: dict[int, Counter[str]] = {}
    for plan in plans:
        turn = (plan.at - origin - timedelta(days=BEFORE)) // RECEIPT_EVERY
        needs.setdefault(turn, Counter()).update(dict(plan.lines))
    for turn, need in sorted(needs.items()):
        yield origin + timedelta(hours=9) + turn * RECEIPT_EVERY, _receipt(need)


def _receipt(need: Counter[str]) -> Callable[[Shop], None]:
    def receive(shop: Shop) -> None:
        for sku, units in sorted(need.items()):
            adjust_stock(shop.staff, AdjustmentForm(sku=sku, location="main", change=units, reason="From the workshop"))

    return receive


def stock_taking(shop: Shop) -> None:
    """Count the shelves at the end: what can be bought today is what the catalogue says."""
    with (CATALOGUE / "variants.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    keeper = shop.staff.service(StockKeeper)
    free = keeper.available(shop.staff, [row["sku"] for row in rows]) if keeper else {}
    for row in rows:
        more = int(row["stock_main"] or 0) + int(row["stock_studio"] or 0) - (free.get(row["sku"]) or 0)
        if more:
            adjust_stock(shop.staff, AdjustmentForm(sku=row["sku"], location="main", change=more, reason="Stock-taking"))
