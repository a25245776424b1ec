"""What becomes of an order, and when."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random

from history import deeds
from history.plans import Plan
from history.shop import Shop


def steps_of(plan: Plan) -> Iterator[tuple[datetime, Callable[[Shop], None]]]:
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
        yield later(8), deed(deeds.expire)
        return
    if plan.fate == "underpaid":
        yield paid, deed(deeds.pay_half)
        return
    if not cash:
        yield paid, deed(deeds.overpay if plan.fate == "overpaid" else deeds.pay)
    if plan.fate == "cancelled":
        yield paid + timedelta(hours=9), deed(deeds.cancel)
        return
    if plan.fate == "held":
        yield paid + timedelta(hours=2), deed(deeds.hold)
        return
    if plan.fate in ("split", "half_sent"):
        yield sent, deed(deeds.send_half)
        if plan.fate == "split":
            yield sent + timedelta(days=4), deed(deeds.send)
        return
    yield sent - timedelta(hours=5), deed(deeds.pack)
    yield sent, deed(deeds.send)
    if plan.fate == "lost":
        return
    yield arrived, deed(deeds.deliver)
    if cash:
        yield arrived + timedelta(hours=1), deed(deeds.pay)
    if plan.fate in ("returned", "returned_broken", "part_returned"):
        yield arrived + timedelta(days=6), deed(deeds.take_back)
        yield arrived + timedelta(days=7), deed(deeds.refund)
    elif plan.fate == "goodwill":
        yield arrived + timedelta(days=3), deed(deeds.goodwill)
