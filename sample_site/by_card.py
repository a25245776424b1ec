"""A few orders paid by card in the sandbox: reserved, taken, let go, refunded, disputed. So every state of a payment is there
to look at, made by the shop's own use cases and the gateway's own page.

For these orders alone money is reserved first and taken by hand, so that each can go its own way.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

import httpx
from history.deeds import place
from history.plans import Plan
from history.shop import Shop
from people import Person, some_people
from sqlalchemy import select

from marketry.runtime import boot
from marketry_orders.capturing import capture_payment, void_payment
from marketry_orders.fetching import fetch_payment
from marketry_orders.initiating import initiate_order
from marketry_orders.models import Order, Payment
from marketry_orders.performing import perform, perform_all
from marketry_orders.refunding import refund_order

BY_HAND = {"MARKETRY_PAYMENTS_STRIPE__CAPTURE": "manual", "MARKETRY_ORDERS__CAPTURE": "by_hand"}
GOOD, DISPUTED = "4242424242424242", "4000000000000259"
Deed = Callable[[Shop, Payment, str], object]


def buy_by_card(folder: Path) -> None:
    """Make the orders, one for each of FATES, unless they are there. The sandbox runs, and the environment names it."""
    with _reserving_first():
        shop = Shop(boot(folder))
        try:
            for number, (person, (card, deeds)) in enumerate(zip(some_people(Random(5), len(FATES)), FATES, strict=True)):
                if not _has_bought(shop, person):
                    _buy(shop, number, person, card, deeds)
        finally:
            shop.runtime.close()


@contextmanager
def _reserving_first() -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(BY_HAND)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _has_bought(shop: Shop, person: Person) -> bool:
    by_card = select(Payment.id).join(Order, Order.id == Payment.order_id).where(Payment.provider == "stripe")
    with shop.staff.reading() as session:
        return session.scalar(by_card.where(Order.email == person.email)) is not None


def _buy(shop: Shop, number: int, person: Person, card: str, deeds: Sequence[Deed]) -> None:
    real = shop.runtime.clock
    place(shop, Plan(number, real(), person, (("KG-HEAM-OAT", 1),), "stripe", "", 0, member=False))
    shop.runtime.clock = real
    order = shop.numbers[number]
    initiate_order(shop.staff, order)
    _pay(_payment(shop, order), person, card)
    for deed in (_ask, *deeds):
        deed(shop, _payment(shop, order), order)


def _payment(shop: Shop, order: str) -> Payment:
    with shop.staff.reading() as session:
        return session.scalars(select(Payment).join(Order, Order.id == Payment.order_id).where(Order.number == order)).one()


def _pay(payment: Payment, person: Person, card: str) -> None:
    """On the gateway's page, as a person does."""
    form = {"email": person.email, "name": person.name, "method": "card", "number": card, "expiry": "12 / 34", "cvc": "123"}
    answer = httpx.post((payment.action or {})["url"], data=form, trust_env=False)
    if not answer.is_redirect:
        raise RuntimeError(f"the sandbox answered {answer.status_code}: {answer.text[:300]}")


def _ask(shop: Shop, payment: Payment, order: str) -> None:
    fetch_payment(shop.staff, payment.id)


def _take(shop: Shop, payment: Payment, order: str) -> None:
    perform(shop.staff, capture_payment(shop.staff, order, payment.id, key="taken").id)


def _let_go(shop: Shop, payment: Payment, order: str) -> None:
    perform(shop.staff, void_payment(shop.staff, order, payment.id, reason="Ordered twice by mistake", key="let go").id)


def _give_back(shop: Shop, payment: Payment, order: str) -> None:
    perform_all(shop.staff, refund_order(shop.staff, order, reason="Changed their mind", key="given back"))


FATES: Sequence[tuple[str, Sequence[Deed]]] = (
    (GOOD, ()),  # reserved, waiting for staff
    (GOOD, (_take,)),
    (GOOD, (_let_go,)),
    (GOOD, (_take, _give_back)),
    (DISPUTED, (_take, _ask)),
)
