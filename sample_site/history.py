"""A year of the sample shop's orders, made by the same use cases as any order, under a clock that stands in the past.

What happens is planned first (who buys what when, and what becomes of it; the same plan for the same seed and day), then done
week by week: first the week's orders, each placed as any order is, then all that became of orders in that week, as one
transaction with an entry in the audit trail. A start that was cut off goes on after the last entry, and knows the orders
that were placed since. The channel is "import": nobody gets mails about the past.
"""

import csv
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from people import PASSWORD, Person, some_people
from sqlalchemy import select

from marketry import Context
from marketry.audit import AUDIT, audit
from marketry.commerce.addresses import Address
from marketry.commerce.checkout import Hold
from marketry.commerce.people import CustomerBook
from marketry.commerce.stock import StockKeeper
from marketry.jobs.values import IMPORT
from marketry.runtime import Runtime
from marketry.web.values import SYSTEM, Actor, ActorKind
from marketry_catalog.editing.adjusting import AdjustmentForm, adjust_stock
from marketry_orders.books import books_of
from marketry_orders.cancelling import cancel_order
from marketry_orders.cart_lines import adding
from marketry_orders.carts import change_unseen, open_cart, set_values
from marketry_orders.expiring import expire_order
from marketry_orders.fulfilling import deliver_parcel, pack, ship_parcel
from marketry_orders.holding import place_hold
from marketry_orders.locking import lock_order
from marketry_orders.models import Order, OrderLine
from marketry_orders.notes import add_note
from marketry_orders.placing import Acceptance, place_order
from marketry_orders.receiving import receive_payment
from marketry_orders.refunding import refund_order
from marketry_orders.returning import receive_return

CATALOGUE = Path(__file__).resolve().parent / "catalogue"
MARK = "sample.history"
DAYS = 365
MONTHS = {1: 0.8, 2: 0.7, 6: 0.8, 7: 0.7, 8: 0.75, 10: 1.2, 11: 2.1, 12: 2.4}  # how busy, beside an ordinary month
BEFORE = 9  # days before the first order, in which the shelves are filled
WEEKS = (DAYS + BEFORE) // 7 + 1
RECEIPT_EVERY = timedelta(days=45)
CARRIERS = {"US": "usps", "CN": "sf"}


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


@dataclass(order=True, slots=True)
class Step:
    """Something to do at a moment; `turn` keeps the order of steps of the same moment."""

    at: datetime
    turn: int
    do: Callable[["Shop"], None] = field(compare=False)


class Shop:
    """What the deeds act through: `staff` and buyers share the clock. `numbers`: plan → order number; `members`: address of the
    mails → customer."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.staff = runtime.context(actor=SYSTEM, channel=IMPORT)
        self.numbers: dict[int, str] = {}
        self.members: dict[str, str] = {}
        self.hashed = ""  # the password of all members

    def has(self, plugin: str) -> bool:
        return any(one.id == plugin for one in self.runtime.plugins.enabled)

    def at(self, moment: datetime) -> None:
        self.runtime.clock = lambda: moment

    def buyer(self, person: Person, customer: str | None = None) -> Context:
        actor = Actor(ActorKind.CUSTOMER, customer, person.name) if customer else None
        terms = {"locale": person.locale, "currency": person.currency, "country": person.country}
        return self.runtime.context(actor=actor, channel="web", **terms)


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


# --- the plan -----------------------------------------------------------------------------------------------------
def make_plans(today: datetime, orders: int, seed: int) -> Sequence[Plan]:
    """What is going to have happened. Steps that would lie in the future are left out later, so recent orders stay open."""
    random = Random(seed)
    people, goods = some_people(random, max(10, orders * 2 // 3)), _goods()
    moments = sorted(_moments(random, today, orders))
    fates = _fates(random, len(moments))
    return [_plan(random, i, at, people, goods, fates[i]) for i, at in enumerate(moments)]


def _goods() -> Sequence[Goods]:
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


FATES: dict[str, float] = {
    "delivered": 62, "lost": 4, "split": 4, "half_sent": 1, "expired": 6, "cancelled": 3, "returned": 4, "part_returned": 5,
    "returned_broken": 2, "goodwill": 3, "overpaid": 2, "underpaid": 2, "held": 2,
}  # fmt: skip
PARTED = ("part_returned", "split", "half_sent")  # of these, a part goes another way than the rest


def _fates(random: Random, count: int) -> list[str]:
    """Each fate twice, and all others by their share."""
    found = list(FATES) * 2 + random.choices(list(FATES), list(FATES.values()), k=max(0, count - 2 * len(FATES)))
    random.shuffle(found)
    return found[:count]


# --- living through it ----------------------------------------------------------------------------------------------
def _live(shop: Shop, plans: Sequence[Plan], today: datetime, done: int, say: Callable[[str], None]) -> None:
    origin = today - timedelta(days=DAYS + BEFORE)
    placings: list[list[Plan]] = [[] for _ in range(WEEKS)]
    deeds: list[list[Step]] = [[] for _ in range(WEEKS)]
    for plan in plans:
        placings[(plan.at - origin).days // 7].append(plan)
    every = [pair for plan in plans for pair in _steps(plan)] + list(_receipts(plans, origin))
    for turn, (at, do) in enumerate(every):
        if at <= today + timedelta(hours=6):
            deeds[min((at - origin).days // 7, WEEKS - 1)].append(Step(at, turn, do))
    shop.numbers = _placed_before(shop, plans)
    for week in range(done, WEEKS):
        for plan in placings[week]:
            if plan.number not in shop.numbers:
                _place(shop, plan)
        _settle_week(shop, sorted(deeds[week]), week, today)
        if week % 13 == 12:
            say(f"a year of orders: {100 * (week + 1) // WEEKS} %")


def _settle_week(shop: Shop, steps: Sequence[Step], week: int, today: datetime) -> None:
    with shop.staff.writing():
        for step in steps:
            shop.at(step.at)
            step.do(shop)
        if week == WEEKS - 1:
            _stock_taking(shop)
            _wishes(shop)
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


def _receipts(plans: Sequence[Plan], origin: datetime) -> Iterator[tuple[datetime, Callable[[Shop], None]]]:
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


def _stock_taking(shop: Shop) -> None:
    """Count the shelves at the end: what can be bought today is what the catalogue says."""
    with (CATALOGUE / "variants.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    keeper = shop.staff.service(StockKeeper)
    free = keeper.available(shop.staff, [row["sku"] for row in rows]) if keeper else {}
    for row in rows:
        more = int(row["stock_main"] or 0) + int(row["stock_studio"] or 0) - (free.get(row["sku"]) or 0)
        if more:
            adjust_stock(shop.staff, AdjustmentForm(sku=row["sku"], location="main", change=more, reason="Stock-taking"))


# --- what becomes of an order -----------------------------------------------------------------------------------------
def _steps(plan: Plan) -> Iterator[tuple[datetime, Callable[[Shop], None]]]:
    """Moments and deeds of one order, by its fate."""
    random = Random(plan.random)

    def later(days: float) -> datetime:
        return plan.at + timedelta(days=days + random.uniform(0, 0.3))

    def deed(do: Callable[[Shop, str, Plan, Random], None]) -> Callable[[Shop], None]:
        return lambda shop: do(shop, shop.numbers[plan.number], plan, random)

    cash = plan.method == "cash_on_delivery"
    paid, sent = (later(random.choice((0.4, 1, 2))), later(random.choice((2.2, 3, 4))))
    arrived = sent + timedelta(days=random.choice((2, 3, 5)))
    if plan.fate == "expired":
        yield later(8), deed(_expire)
        return
    if plan.fate == "underpaid":
        yield paid, deed(_pay_half)
        return
    if not cash:
        yield paid, deed(_overpay if plan.fate == "overpaid" else _pay)
    if plan.fate == "cancelled":
        yield paid + timedelta(hours=9), deed(_cancel)
        return
    if plan.fate == "held":
        yield paid + timedelta(hours=2), deed(_hold)
        return
    if plan.fate in ("split", "half_sent"):
        yield sent, deed(_send_half)
        if plan.fate == "split":
            yield sent + timedelta(days=4), deed(_send)
        return
    yield sent - timedelta(hours=5), deed(_pack)
    yield sent, deed(_send)
    if plan.fate == "lost":
        return
    yield arrived, deed(_deliver)
    if cash:
        yield arrived + timedelta(hours=1), deed(_pay)
    if plan.fate in ("returned", "returned_broken", "part_returned"):
        yield arrived + timedelta(days=6), deed(_take_back)
        yield arrived + timedelta(days=7), deed(_refund)
    elif plan.fate == "goodwill":
        yield arrived + timedelta(days=3), deed(_goodwill)


def _place(shop: Shop, plan: Plan) -> None:
    shop.at(plan.at)
    person, customer = plan.person, _account(shop, plan.person) if plan.member else None
    ctx = shop.buyer(person, customer)
    with ctx.writing():
        key = open_cart(ctx)
        for sku, units in plan.lines:
            change_unseen(ctx, key, adding(sku, units, {}))
        values = {
            "email": person.email, "shipping_address": dict(person.address), "country": person.country,
            "methods": {"main": "standard"}, "payments": [{"code": plan.method}],
        }  # fmt: skip
        change_unseen(ctx, key, set_values(values))
    ctx.channel = IMPORT
    shop.numbers[plan.number] = place_order(ctx, key, Acceptance())


def _account(shop: Shop, person: Person) -> str | None:
    """The customer that `person` is, registered just before the first order; None in a shop without accounts."""
    book = shop.staff.service(CustomerBook)
    if book is None:
        return None
    if person.email not in shop.members:
        known = book.by_email(shop.staff, person.email)
        shop.members[person.email] = known.id if known else _register(shop, book, person)
    return shop.members[person.email]


def _register(shop: Shop, book: CustomerBook, person: Person) -> str:
    from marketry_users.models import Registration
    from marketry_users.registering import open_account

    with shop.staff.writing() as session:
        now = shop.staff.now()
        asked = {"id": f"sample{len(shop.members)}", "email": person.email, "name": person.name, "locale": person.locale}
        session.add(Registration(**asked, password=_hashed(shop), created_at=now, expires_at=now + timedelta(days=1)))
        session.flush()
        customer = open_account(shop.staff, asked["id"])
        assert customer is not None
        book.keep_address(shop.staff, customer.id, Address(**person.address), default_for=("shipping", "billing"))
        return customer.id


def _hashed(shop: Shop) -> str:
    """The one password of all, hashed once: that takes a computer as long as an order."""
    from marketry_users.hashing import hasher

    if not shop.hashed:
        shop.hashed = hasher().hash_now(shop.staff, PASSWORD)
    return shop.hashed


def _wishes(shop: Shop) -> None:
    """Some customers wish for some things."""
    if not shop.has("wishlist") or not shop.members:
        return
    from marketry_wishlist.lists import new_list
    from marketry_wishlist.wishing import wish

    random, goods = Random(11), _goods()
    for customer in list(shop.members.values())[::2]:
        kept = new_list(shop.staff, customer)
        wanted = {one.product for one in random.choices(goods, [g.weight for g in goods], k=random.randint(1, 6))}
        for product in sorted(wanted):
            wish(shop.staff, kept, product)


def _books(shop: Shop, number: str) -> Any:
    return books_of(shop.staff, lock_order(shop.staff, number)).books[0]


def _pay(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    book = _books(shop, number)
    receive_payment(shop.staff, number, book.payment.id, book.outstanding, reference=_reference(random), key="paid")


def _pay_half(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    book = _books(shop, number)
    receive_payment(shop.staff, number, book.payment.id, book.outstanding // 2 or 1, reference=_reference(random), key="half")


def _overpay(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    book = _books(shop, number)
    more = book.outstanding + random.choice((100, 500, 1000))
    receive_payment(shop.staff, number, book.payment.id, more, reference=_reference(random), key="paid", excess=True)


def _reference(random: Random) -> str:
    return f"ST{random.randrange(10**8):08d}"


def _expire(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    expire_order(shop.staff, number)


def _cancel(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    reason = random.choice(("Ordered by mistake", "Found a chip while packing, none left", "The buyer changed their mind"))
    cancel_order(shop.staff, number, reason)


def _hold(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    place_hold(shop.staff, number, Hold("staff:sample", "Ask the buyer about the address", frozenset({"fulfil"})))
    add_note(shop.staff, number, "The house number is missing in our courier's list; wrote to the buyer.", key="held")


def _lines(shop: Shop, number: str) -> dict[str, int]:
    order = lock_order(shop.staff, number)
    rows = shop.staff.session.execute(select(OrderLine.id, OrderLine.quantity).where(OrderLine.order_id == order.id))
    return {line: int(units) for line, units in rows}


def _half(lines: dict[str, int]) -> dict[str, int]:
    """About half of the units, at least one and never all."""
    left, half = max(1, sum(lines.values()) // 2), {}
    for line, units in sorted(lines.items()):
        half[line] = min(units, left)
        left -= half[line]
    return {line: units for line, units in half.items() if units}


def _pack(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    pack(shop.staff, number, _lines(shop, number), parcel_id=f"{number}-1")


def _send(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    """What is packed; what is left of a split order is packed now."""
    parcel = f"{number}-1"
    if plan.fate == "split":
        lines, gone = _lines(shop, number), _half(_lines(shop, number))
        rest = {line: units - gone.get(line, 0) for line, units in lines.items() if units > gone.get(line, 0)}
        parcel = f"{number}-2"
        pack(shop.staff, number, rest, parcel_id=parcel)
    _ship(shop, number, parcel, plan, random)


def _send_half(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    pack(shop.staff, number, _half(_lines(shop, number)), parcel_id=f"{number}-1")
    if plan.fate == "half_sent":
        add_note(shop.staff, number, "The rest comes out of the next firing.", public=True, key="half")
    _ship(shop, number, f"{number}-1", plan, random)


def _ship(shop: Shop, number: str, parcel: str, plan: Plan, random: Random) -> None:
    carrier = CARRIERS.get(plan.person.country, "dhl")
    ship_parcel(shop.staff, number, parcel, carrier=carrier, tracking=f"KG{random.randrange(10**10):010d}")


def _deliver(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    deliver_parcel(shop.staff, number, f"{number}-1")


def _take_back(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    lines = _lines(shop, number)
    back = _half(lines) if plan.fate == "part_returned" else lines
    whole = plan.fate != "returned_broken"
    reason = random.choice(("Another colour than expected", "Too large for the shelf")) if whole else "Broken on the way"
    receive_return(shop.staff, number, back, restock=whole, reason=reason, return_id=f"{number}-r")


def _refund(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    taken = _books(shop, number).ledger.totals().captured
    amount = taken // 3 or 1 if plan.fate == "part_returned" else None
    refund_order(shop.staff, number, amount, reason="Goods came back", key="refund")


def _goodwill(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    taken = _books(shop, number).ledger.totals().captured
    refund_order(shop.staff, number, taken // 10 or 1, reason="A scratch in the glaze", key="goodwill")


if __name__ == "__main__":  # python history.py SITE: for a site that is filled already
    from marketry.runtime import boot

    site = boot(Path(sys.argv[1]))
    write_history(site, say=print)
    site.close()
    sys.stdout.write(f"{datetime.now(UTC):%H:%M:%S} done\n")
