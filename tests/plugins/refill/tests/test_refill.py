"""A subscription on public contracts alone: renewals are ordered and charged with nobody present, and both books agree."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from marketry_trial_refill.models import Refill
from marketry_trial_refill.plugin import begin, look, renew
from sqlalchemy import select
from sqlmodel import col
from tests.payments.vault_shop import PROOF, VaultShop, vault_shop

from marketry.commerce.cart_desk import Wanted
from marketry.commerce.payment import Notice, PaymentDesk
from marketry.commerce.vault import OrderDesk, StandingOrder, Wallet
from marketry.jobs.running import run_pending
from marketry.problems import Refused
from marketry.testing.plugin import DATABASES
from marketry_orders import standing_orders
from marketry_orders.expiring import expire_order, expire_orders
from marketry_orders.models import Order, Payment

PAID = [("capture", "succeeded", 1999, "USD")]
POOR = "4000000000009995"


@pytest.fixture(scope="module", params=DATABASES)
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VaultShop]:
    with vault_shop(tmp_path_factory.mktemp("refill"), request.param, "refill") as made:
        yield made


def subscribed(shop: VaultShop, card: str = "") -> tuple[str, str]:
    """A customer with a refill whose saved card is a working one, or behaves like `card` from now on; and their first order."""
    name = shop.somebody()
    number = shop.saves(name)
    assert begin(shop.ctx(), number, f"customer:{name}", "TEA") is True
    if card:
        (saved,) = shop.cards(name)
        shop.twin.reissue(shop.token_of(saved["id"]).partition(":")[2], card)
    return name, number


def renewed(shop: VaultShop, number: str) -> tuple[str, str]:
    """A month goes by; the renewal's number (empty: none) and the refill's state."""
    with shop.runtime.database.writing() as session:
        session.get_one(Refill, number).due_at = shop.runtime.clock()
    look(shop.ctx())
    run_pending(shop.runtime)
    ((order, state),) = shop.rows("SELECT last_order, state FROM refill_refill WHERE number = :number", number=number)
    return str(order), str(state)


def mails(shop: VaultShop, number: str) -> list[str]:
    found = shop.rows("SELECT key FROM kernel_mail WHERE key LIKE :key ORDER BY id", key=f"order:{number}:%")
    return [str(row[0]).split(":")[2] for row in found]


def test_a_renewal_is_ordered_and_charged_with_nobody_there(shop: VaultShop) -> None:
    name, first = subscribed(shop)
    number, state = renewed(shop, first)
    assert (state, shop.status(number), shop.ledger(number)) == ("running", "paid", PAID)
    assert shop.at_stripe(number) == [("succeeded", 1999, 0)]
    asked = [r for r in shop.twin.requests if r.path == "/v1/payment_intents" and number.encode() in r.body]
    assert [b"off_session=true" in r.body.lower() for r in asked] == [True]
    ((owner, line, ship),) = shop.rows(
        "SELECT o.customer, l.sku, o.shipping_address FROM orders_order o JOIN orders_line l ON l.order_id = o.id"
        " WHERE o.number = :number",
        number=number,
    )
    assert (owner, line, "1 Loom Street" in str(ship)) == (f"customer:{name}", "TEA", True)
    assert "confirmation" in mails(shop, number)
    again, _ = renewed(shop, first)
    assert (again != number, shop.ledger(again)) == (True, PAID)


def test_a_turn_is_one_order_and_one_charge_however_often_it_runs(shop: VaultShop) -> None:
    _, first = subscribed(shop)
    shop.twin.fault("lost", 1, method="POST", path="/v1/payment_intents$")
    desk: Any = shop.ctx().service(OrderDesk)
    ((customer, card),) = shop.rows("SELECT customer, instrument FROM refill_refill WHERE number = :n", n=first)
    wish = StandingOrder("turn-of-" + first, customer, first, (Wanted("TEA"),), card)
    numbers = {desk.place(shop.ctx(), wish).number for _ in range(3)}
    assert len(numbers) == 1
    number = numbers.pop()
    run_pending(shop.runtime)
    assert (shop.ledger(number), shop.at_stripe(number)) == (PAID, [("succeeded", 1999, 0)])


def test_a_bank_that_wants_proof_brings_the_customer_back(shop: VaultShop) -> None:
    name, first = subscribed(shop, PROOF)
    number, state = renewed(shop, first)
    assert (state, shop.status(number), shop.ledger(number)) == ("waiting", "none", [])
    assert set(mails(shop, number)) == {"payment_needed", "confirmation"}
    client = shop.client(name)
    page = client.get(f"/account/orders/{number}")
    assert "Your bank wants you to confirm this payment yourself." in page.text
    (card,) = shop.cards(name)
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    sent = client.post(
        f"/orders/{number}/payments", data={"payment": f"stripe:{card['id']}", "csrf_token": token}, follow_redirects=False
    )
    assert sent.headers["location"].startswith(f"{shop.twin.url}/c/challenge/")
    shop.proves(sent.headers["location"])
    assert (shop.status(number), shop.ledger(number)) == ("paid", PAID)
    assert [status for status, captured, _ in shop.at_stripe(number) if captured] == ["succeeded"]
    assert shop.rows("SELECT state FROM refill_refill WHERE number = :n", n=first) == [("running",)]


def test_a_declined_renewal_takes_nothing_and_can_be_tried_again(shop: VaultShop) -> None:
    name, first = subscribed(shop, POOR)
    number, state = renewed(shop, first)
    assert (state, shop.status(number), shop.ledger(number)) == ("waiting", "none", [])
    desk: Any = shop.ctx().service(OrderDesk)
    (card,) = shop.cards(name)
    told = desk.charge(shop.ctx(), number, card["id"])
    assert (told.state, told.problem.code, told.problem.message) == (
        "failed", "payment_declined", "Your bank refused: Your card has insufficient funds.",
    )  # fmt: skip
    shop.twin.reissue(shop.token_of(card["id"]).partition(":")[2], "4242424242424242")
    assert desk.charge(shop.ctx(), number, card["id"]).state == "captured"
    run_pending(shop.runtime)
    assert (shop.status(number), shop.ledger(number)) == ("paid", PAID)


def test_a_removed_card_and_goods_that_arent_sold_order_nothing(shop: VaultShop) -> None:
    name, first = subscribed(shop)
    (card,) = shop.cards(name)
    before = shop.rows("SELECT count(*) FROM orders_order") + shop.rows("SELECT count(*) FROM orders_cart")
    desk: Any = shop.ctx().service(OrderDesk)
    for wanted, instrument in ((Wanted("GONE"), card["id"]), (Wanted("TEA"), "nobodys")):
        with pytest.raises(Refused):
            desk.place(shop.ctx(), StandingOrder(f"{first}:{wanted.sku}", f"customer:{name}", first, (wanted,), instrument))
    assert shop.rows("SELECT count(*) FROM orders_order") + shop.rows("SELECT count(*) FROM orders_cart") == before
    wallet: Any = shop.ctx().service(Wallet)
    assert (wallet.remove(shop.ctx(), "customer:nobody", card["id"]), len(shop.cards(name))) == (False, 1)
    assert (wallet.remove(shop.ctx(), f"customer:{name}", card["id"]), shop.cards(name)) == (True, [])
    assert renewed(shop, first) == ("", "waiting")


def test_only_a_plugins_job_orders_for_those_who_arent_there(shop: VaultShop) -> None:
    name, first = subscribed(shop)
    (card,) = shop.cards(name)
    desk: Any = shop.ctx().service(OrderDesk)
    wish = StandingOrder("mine", f"customer:{name}", first, (Wanted("TEA"),), card["id"])
    with pytest.raises(PermissionError):
        desk.place(shop.runtime.context(), wish)
    other = shop.somebody()
    with pytest.raises(Refused):  # another's order and card
        desk.place(shop.ctx(), StandingOrder("theirs", f"customer:{other}", first, (Wanted("TEA"),), card["id"]))


def test_an_unpaid_renewal_waits_days_for_its_customer_not_minutes(shop: VaultShop) -> None:
    _, first = subscribed(shop, PROOF)
    number, _ = renewed(shop, first)
    with shop.runtime.database.writing() as session:
        order = session.scalars(select(Order).where(col(Order.number) == number)).one()
        payment = session.scalars(select(Payment).where(col(Payment.order_id) == order.id)).one()
        order.placed_at -= timedelta(hours=3)
        payment.created_at -= timedelta(hours=3)
    expire_orders(shop.ctx())
    assert expire_order(shop.ctx(), number) is False
    assert shop.rows("SELECT status FROM orders_order WHERE number = :n", n=number) == [("placed",)]
    with shop.runtime.database.writing() as session:
        session.get_one(Order, order.id).placed_at -= timedelta(days=8)
        session.get_one(Payment, payment.id).created_at -= timedelta(days=8)
    expire_orders(shop.ctx())
    assert shop.rows("SELECT status FROM orders_order WHERE number = :n", n=number) == [("cancelled",)]


def test_the_job_finds_its_turn_done(shop: VaultShop) -> None:
    _, first = subscribed(shop)
    number, _ = renewed(shop, first)
    count = shop.rows("SELECT count(*) FROM orders_order")
    with shop.runtime.database.writing() as session:
        session.get_one(Refill, first).turn = 0  # a crash before the job's own commit
    renew(shop.ctx(), {"number": first})
    assert shop.rows("SELECT count(*) FROM orders_order") == count
    assert shop.rows("SELECT last_order FROM refill_refill WHERE number = :n", n=first) == [(number,)]


def test_a_notice_that_comes_before_the_answer_makes_the_shop_learn_it(shop: VaultShop) -> None:
    """Both tries of the call were done and never answered; Stripe's notice is here before the job's next turn."""
    _, first = subscribed(shop)
    ((customer, card),) = shop.rows("SELECT customer, instrument FROM refill_refill WHERE number = :n", n=first)
    shop.twin.fault("lost", 2, method="POST", path="/v1/payment_intents$")
    desk: Any = shop.ctx().service(OrderDesk)
    placed = desk.place(shop.ctx(), StandingOrder("lost-" + first, customer, first, (Wanted("TEA"),), card))
    assert (placed.state, shop.ledger(placed.number)) == ("created", [])
    ((payment,),) = shop.rows(
        "SELECT p.id FROM orders_payment p JOIN orders_order o ON o.id = p.order_id WHERE o.number = :n", n=placed.number
    )
    ctx, hears = shop.ctx(), shop.ctx().service(PaymentDesk)
    with ctx.writing():
        hears.notice(ctx, "stripe", Notice(f"evt-{payment}", "pi_not_known_here", payment, "payment_intent.succeeded"))
    run_pending(shop.runtime)
    assert (shop.ledger(placed.number), shop.at_stripe(placed.number)) == (PAID, [("succeeded", 1999, 0)])


def test_what_is_being_ordered_for_them_is_not_in_their_own_cart(shop: VaultShop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither while the job is at it, nor where it died: they would find it beside what they chose, or buy it twice."""
    name, first = subscribed(shop)
    ((customer, card),) = shop.rows("SELECT customer, instrument FROM refill_refill WHERE number = :n", n=first)
    wish, desk = StandingOrder("died-" + first, customer, first, (Wanted("TEA"),), card), shop.ctx().service(OrderDesk)
    open_carts = "SELECT id FROM orders_cart WHERE customer = :c AND completed_at IS NULL"

    def dies(*_: Any) -> str:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(standing_orders, "place_order", dies)
        with pytest.raises(RuntimeError):
            desk.place(shop.ctx(), wish)
    left = shop.rows(open_carts, c=customer)
    assert len(left) == 1
    client = shop.client(name)
    assert "Your cart is empty" in client.get("/cart").text
    client.post("/cart/lines", data={"sku": "TEA", "quantity": "3"})
    shop.client(name)  # on another device: carts become one
    assert len(shop.rows(open_carts, c=customer)) == 2
    placed = desk.place(shop.ctx(), wish)
    assert shop.ledger(placed.number) == PAID
    quantities = "SELECT quantity FROM orders_cart_line l JOIN orders_cart c ON c.id = l.cart_id WHERE c.customer = :c AND"
    assert shop.rows(f"{quantities} c.completed_at IS NULL", c=customer) == [(3,)]


def test_a_key_is_one_customers_alone(shop: VaultShop) -> None:
    _, first = subscribed(shop)
    _, other = subscribed(shop)
    owners = {
        number: (customer, card)
        for number, customer, card in shop.rows("SELECT number, customer, instrument FROM refill_refill")
        if number in (first, other)
    }
    desk: Any = shop.ctx().service(OrderDesk)

    def placed(like: str) -> Any:
        customer, card = owners[like]
        return desk.place(shop.ctx(), StandingOrder("turn-1-" + first, customer, like, (Wanted("TEA"),), card))

    number = placed(first).number
    assert placed(first).number == number
    with pytest.raises(ValueError, match="another customer's order"):
        placed(other)
