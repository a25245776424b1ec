"""Each thing that staff or buyers do with an order, by the use case that anybody would do it with."""

from random import Random
from typing import Any

from sqlalchemy import select

from history.members import account
from history.plans import Plan
from history.shop import Shop
from marketry.commerce.checkout import Hold
from marketry.jobs.values import IMPORT
from marketry_orders.books import books_of
from marketry_orders.cancelling import cancel_order
from marketry_orders.cart_lines import adding
from marketry_orders.carts import change_unseen, open_cart, set_values
from marketry_orders.expiring import expire_order
from marketry_orders.fulfilling import deliver_parcel, ship_parcel
from marketry_orders.fulfilling import pack as pack_parcel
from marketry_orders.holding import place_hold
from marketry_orders.locking import lock_order
from marketry_orders.models import OrderLine
from marketry_orders.notes import add_note
from marketry_orders.placing import Acceptance, place_order
from marketry_orders.receiving import receive_payment
from marketry_orders.refunding import refund_order
from marketry_orders.returning import receive_return

CARRIERS = {"US": "usps", "CN": "sf"}


def place(shop: Shop, plan: Plan) -> None:
    shop.at(plan.at)
    person, customer = plan.person, account(shop, plan.person) if plan.member else None
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


def _books(shop: Shop, number: str) -> Any:
    return books_of(shop.staff, lock_order(shop.staff, number)).books[0]


def pay(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    book = _books(shop, number)
    receive_payment(shop.staff, number, book.payment.id, book.outstanding, reference=_reference(random), key="paid")


def pay_half(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    book = _books(shop, number)
    receive_payment(shop.staff, number, book.payment.id, book.outstanding // 2 or 1, reference=_reference(random), key="half")


def overpay(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    book = _books(shop, number)
    more = book.outstanding + random.choice((100, 500, 1000))
    receive_payment(shop.staff, number, book.payment.id, more, reference=_reference(random), key="paid", excess=True)


def _reference(random: Random) -> str:
    return f"ST{random.randrange(10**8):08d}"


def expire(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    expire_order(shop.staff, number)


def cancel(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    reason = random.choice(("Ordered by mistake", "Found a chip while packing, none left", "The buyer changed their mind"))
    cancel_order(shop.staff, number, reason)


def hold(shop: Shop, number: str, plan: Plan, random: Random) -> None:
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


def pack(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    pack_parcel(shop.staff, number, _lines(shop, number), parcel_id=f"{number}-1")


def send(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    """What is packed; what is left of a split order is packed now."""
    parcel = f"{number}-1"
    if plan.fate == "split":
        lines, gone = _lines(shop, number), _half(_lines(shop, number))
        rest = {line: units - gone.get(line, 0) for line, units in lines.items() if units > gone.get(line, 0)}
        parcel = f"{number}-2"
        pack_parcel(shop.staff, number, rest, parcel_id=parcel)
    _ship(shop, number, parcel, plan, random)


def send_half(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    pack_parcel(shop.staff, number, _half(_lines(shop, number)), parcel_id=f"{number}-1")
    if plan.fate == "half_sent":
        add_note(shop.staff, number, "The rest comes out of the next firing.", public=True, key="half")
    _ship(shop, number, f"{number}-1", plan, random)


def _ship(shop: Shop, number: str, parcel: str, plan: Plan, random: Random) -> None:
    carrier = CARRIERS.get(plan.person.country, "dhl")
    ship_parcel(shop.staff, number, parcel, carrier=carrier, tracking=f"KG{random.randrange(10**10):010d}")


def deliver(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    deliver_parcel(shop.staff, number, f"{number}-1")


def take_back(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    lines = _lines(shop, number)
    back = _half(lines) if plan.fate == "part_returned" else lines
    whole = plan.fate != "returned_broken"
    reason = random.choice(("Another colour than expected", "Too large for the shelf")) if whole else "Broken on the way"
    receive_return(shop.staff, number, back, restock=whole, reason=reason, return_id=f"{number}-r")


def refund(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    taken = _books(shop, number).ledger.totals().captured
    amount = taken // 3 or 1 if plan.fate == "part_returned" else None
    refund_order(shop.staff, number, amount, reason="Goods came back", key="refund")


def goodwill(shop: Shop, number: str, plan: Plan, random: Random) -> None:
    taken = _books(shop, number).ledger.totals().captured
    refund_order(shop.staff, number, taken // 10 or 1, reason="A scratch in the glaze", key="goodwill")
