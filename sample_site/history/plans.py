"""What is going to have happened: who buys what when, and what becomes of it. The same plan for the same seed and day."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from people import Person, some_people

CATALOGUE = Path(__file__).resolve().parents[1] / "catalogue"
DAYS = 365
MONTHS = {1: 0.8, 2: 0.7, 6: 0.8, 7: 0.7, 8: 0.75, 10: 1.2, 11: 2.1, 12: 2.4}  # how busy, beside an ordinary month

FATES: dict[str, float] = {
    "delivered": 62, "lost": 4, "split": 4, "half_sent": 1, "expired": 6, "cancelled": 3, "returned": 4, "part_returned": 5,
    "returned_broken": 2, "goodwill": 3, "overpaid": 2, "underpaid": 2, "held": 2,
}  # fmt: skip
PARTED = ("part_returned", "split", "half_sent")  # of these, a part goes another way than the rest


@dataclass(frozen=True, slots=True)
class Goods:
    sku: str
    product: str
    weight: float
    cheap: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """One order: who, when, what, how it is paid, and the name of what becomes of it (see FATES)."""

    number: int
    at: datetime
    person: Person
    lines: tuple[tuple[str, int], ...]
    method: str
    fate: str
    random: int
    member: bool  # buys with an account


def make_plans(today: datetime, orders: int, seed: int) -> Sequence[Plan]:
    """What is going to have happened. Steps that would lie in the future are left out later, so recent orders stay open."""
    random = Random(seed)
    people, goods = some_people(random, max(10, orders * 2 // 3)), read_goods()
    moments = sorted(_moments(random, today, orders))
    fates = _fates(random, len(moments))
    return [_plan(random, i, at, people, goods, fates[i]) for i, at in enumerate(moments)]


def read_goods() -> Sequence[Goods]:
    with (CATALOGUE / "products.csv").open(encoding="utf-8-sig", newline="") as file:
        products = {row["handle"]: row for row in csv.DictReader(file)}
    with (CATALOGUE / "variants.csv").open(encoding="utf-8-sig", newline="") as file:
        return [_good(row, products[row["product"]]) for row in csv.DictReader(file)]


def _good(row: dict[str, str], product: dict[str, str]) -> Goods:
    tags = product["tags"].split()
    weight = 1.0 + 4.0 * ("bestseller" in tags) + 0.8 * ("gift" in tags) + 0.6 * ("new" in tags)
    price = int(row["price_usd"])
    return Goods(row["sku"], row["product"], weight / (1 + price / 12_000), price < 4_500)


def _moments(random: Random, today: datetime, orders: int) -> Iterator[datetime]:
    days = [today - timedelta(days=n) for n in range(DAYS, 0, -1)]
    weights = [MONTHS.get(day.month, 1.0) * (1.5 if day.weekday() >= 5 else 1.0) for day in days]
    recent = min(orders // 7, 40)  # enough that a newcomer finds work to do
    for day in random.choices(days, weights, k=orders - recent) + random.choices(days[-14:], k=recent):
        yield day + timedelta(hours=min(23, max(0, random.gauss(15, 4.5))), minutes=random.randint(0, 59))


def _plan(random: Random, number: int, at: datetime, people: Sequence[Person], goods: Sequence[Goods], fate: str) -> Plan:
    # A sixth of the people have accounts and buy again and again.
    members = people[: max(1, len(people) // 6)]
    person = random.choice(members if random.random() < 0.45 else people)
    cash = person.country in ("US", "CN") and random.random() < 0.3 and fate in ("delivered", "lost")
    wanted: Counter[str] = Counter()
    for one in random.choices(goods, [g.weight for g in goods], k=random.choices((1, 2, 3, 4), (46, 30, 16, 8))[0]):
        wanted[one.sku] += random.choices((1, 2, 4), (70, 24, 6))[0] if one.cheap else 1
    if fate in PARTED and sum(wanted.values()) < 2:
        wanted[max(wanted)] += 1
    lines = tuple(sorted(wanted.items()))
    return Plan(
        number,
        at,
        person,
        lines,
        "cash_on_delivery" if cash else "bank_transfer",
        fate,
        random.randrange(2**32),
        person in members,
    )


def _fates(random: Random, count: int) -> list[str]:
    """Each fate twice, and all others by their share."""
    found = list(FATES) * 2 + random.choices(list(FATES), list(FATES.values()), k=max(0, count - 2 * len(FATES)))
    random.shuffle(found)
    return found[:count]
